import { eventually } from '@dozen/testing';
import { SERVICE_NAMES } from '@dozen/manifest';
import { judge, readUnits } from '../../src/index.js';
import { journeys } from '../suites/journeys.js';
import { ComposeDemo } from './compose-demo.js';
import { docker } from './docker.js';
import { images } from './images.js';
import { runbooks } from './runbooks.js';

const UP_MS = 900_000;
const ORDERS = 60;
const CLEAN = 0;

/** The demo as `docker compose up` makes it: built, used, scaled, restarted, taken down. */
describe('the demo in containers', () => {
  let demo: ComposeDemo;
  let taken: readonly string[] | undefined;

  beforeAll(async () => {
    demo = await ComposeDemo.plan(`dozen-test-${process.pid}`);
    const began = performance.now();
    await demo.up();
    process.stdout.write(`compose: built and healthy after ${Math.round((performance.now() - began) / 1000)} s\n`);
  }, UP_MS);

  afterAll(async () => {
    if (taken === undefined) await demo.down();
  }, UP_MS);

  images(() => demo.project);
  journeys(() => demo);
  runbooks(() => demo);

  it(`keeps ${ORDERS} orders while orders is scaled to two and every container is restarted`, async () => {
    const seeded = await readUnits(demo.databases.orders);
    const shop = await demo.shop('restarts');
    const placing = Promise.all(
      Array.from({ length: ORDERS }, async (_, n) => {
        await new Promise((resolve) => setTimeout(resolve, 500 * n));
        return shop.place({
          items: [{ sku: 'COFFEE-250G', quantity: 1 }],
          paymentToken: n % 5 ? 'tok_ok' : 'tok_declined',
        });
      }),
    );
    await demo.compose('up', '--detach', '--no-recreate', '--scale', 'orders=2', '--wait', 'orders');
    expect(await demo.containersOf('orders')).toHaveLength(2);
    for (const name of SERVICE_NAMES) {
      const containers = await demo.containersOf(name);
      await docker(['stop', '--time', '35', ...containers]);
      for (const id of containers) {
        expect(Number(await docker(['inspect', '--format', '{{.State.ExitCode}}', id]))).toBe(CLEAN);
      }
      await docker(['start', ...containers]);
    }
    await demo.restart('redis', 'kafka', 'postgres');
    const accepted = await placing;
    await eventually(
      async () => expect(judge({ ...(await demo.facts(accepted, seeded)), deadLetters: [] })).toEqual([]),
      { timeoutMs: 120_000, everyMs: 1_000 },
    );
    for (const [name, bytes] of await demo.memory()) process.stdout.write(`memory of ${name}: ${bytes}\n`);
  }, 400_000);

  it('keeps its data when it is taken down and brought up again, and leaves nothing when it is told so', async () => {
    const shop = await demo.shop('kept');
    const id = await shop.place({ items: [{ sku: 'MUG-BLUE', quantity: 1 }], paymentToken: 'tok_ok' });
    await eventually(async () => expect((await shop.view(id)).status).toBe('confirmed'));
    await demo.compose('down', '--timeout', '40');
    await demo.up();
    expect((await (await demo.shop('kept')).view(id)).status).toBe('confirmed');
    taken = await demo.down();
    expect(taken).toEqual([]);
  }, 400_000);
});
