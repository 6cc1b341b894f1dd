import { newId } from '@dozen/kernel';
import { KafkaJsBroker } from '@dozen/messaging';
import { createLogger } from '@dozen/telemetry';
import { createTestDatabase, eventually, type TestDatabase, testKafkaUrl } from '@dozen/testing';
import { runCommand } from '../src/admin/program.js';
import { type RunningService, startService } from '../src/index.js';
import { pingService } from './pings.js';
import { admin as adminOf } from './support/admin.js';
import { environmentOf } from './support/environment.js';
import { postPing, probe, stepsOf } from './support/ping-client.js';

interface Place {
  readonly partition: number;
  readonly committed?: string;
  readonly high: string;
  readonly state: string;
}

const service = pingService();
const topic = service.consumes[0]?.name ?? '';
const running: RunningService[] = [];
let database: TestDatabase;
let env: ReturnType<typeof environmentOf>;

beforeAll(async () => {
  database = await createTestDatabase();
  env = environmentOf(database);
  await runCommand(service, ['migrate'], env);
});

afterAll(async () => {
  await Promise.all(running.map((one) => one.stop()));
  await database.drop();
});

const admin = <T>(...args: string[]) => adminOf<T>(service, env, args);

async function start(): Promise<RunningService> {
  const started = await startService(service, { env, exit: () => undefined });
  running.push(started);
  return started;
}

const consumerOf = async ({ url }: RunningService): Promise<unknown> => {
  return (await probe(url, 'readyz')).checks['consumer'];
};

describe('a service whose next offset is not in the log', () => {
  it('is alive and not ready, and ready again after an operator stopped it and set the offset', async () => {
    expect((await admin<Place[]>('offsets', 'show')).out.map(({ state }) => state)).toEqual(['new', 'new']);
    const broker = new KafkaJsBroker({
      url: testKafkaUrl(),
      clientId: 'test',
      logger: createLogger({ service: 'test', release: 'test', level: 'silent' }),
    });
    await broker.setOffsets(service.name, [{ topic, partition: 1, offset: '99' }]);
    await broker.close();

    const lost = await start();
    await eventually(async () => {
      expect(await consumerOf(lost)).toEqual({ ok: false, reason: `MSG-OFFSET-RANGE: not in the log: ${topic}/1@99` });
    });
    expect((await fetch(`${lost.url}/livez`)).status).toBe(200);
    const shown = await admin<Place[]>('offsets', 'show');
    expect(shown).toMatchObject({
      status: 1,
      out: [{ state: 'inside' }, { committed: '99', high: '0', state: 'above' }],
    });

    const refused = await admin('offsets', 'set', topic, '1', 'latest');
    expect(refused).toMatchObject({ status: 1, out: { error: { code: 'MSG-GROUP-ACTIVE' } } });
    await lost.stop();
    const nowhere = await admin('offsets', 'set', topic, '1', '7');
    expect(nowhere).toMatchObject({ status: 1, out: { error: { code: 'SERVICE-OFFSET' } } });
    expect((await admin('offsets', 'set', topic, '5', 'latest')).status).toBe(1);
    const set = await admin('offsets', 'set', topic, '1', 'latest');
    expect(set).toMatchObject({ status: 0, out: { topic, partition: 1, from: '99', to: '0' } });

    const { ready, url } = await start();
    await ready();
    const ids = Array.from({ length: 10 }, () => newId());
    for (const id of ids) await postPing(url, { id, text: 'x' });
    await eventually(async () => {
      for (const id of ids) expect(await stepsOf(url, id)).toContain('handled');
    });
  }, 60_000);
});
