import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Backing, startBacking } from '@dozen/backing';
import { eventually } from '@dozen/testing';
import { Kafka, logLevel } from 'kafkajs';
import { SERVICE_NAMES } from '@dozen/manifest';
import { judge, readUnits } from '../../src/index.js';
import { Running } from '../running.js';
import { confirmed, exchanged } from '../support/exchanged.js';
import { docker } from './docker.js';
import { Mailpit, MAILPIT_IMAGE } from './mailpit.js';

const START_MS = 240_000;
const within = { timeoutMs: 30_000, everyMs: 200 };

/** Factor IV, with servers that need an engine; apps/e2e/test/suites/swaps.ts has those that need none. */
describe('servers at hand and servers in containers', () => {
  let running: Running;
  let seeded: ReadonlyMap<string, number>;

  beforeAll(async () => {
    running = await Running.start();
    seeded = await readUnits(running.databases.orders);
  }, START_MS);
  afterAll(() => running.stop(), START_MS);

  /** All of it is done and right: money, stock, mails. */
  async function whole(accepted: readonly string[]): Promise<void> {
    await eventually(async () => expect(judge(await running.facts(accepted, seeded))).toEqual([]), within);
  }

  it(
    'Kafka is exchanged for one in a container, and back, by its URL alone',
    async () => {
      const dir = await mkdtemp(join(tmpdir(), 'dozen-swap-kafka-'));
      let other: Backing | undefined;
      try {
        const postgresUrl = running.databases.gateway;
        other = await startBacking({ dir, source: { inDocker: true, postgresUrl } });
        const { url } = other.kafka;
        for (const name of SERVICE_NAMES) await running.migrateTo(url, name);
        const ids = [await confirmed(running, 'before-the-swap')];
        // Nothing is under way: what one broker holds unread the other does not know.
        await whole(ids);
        const back = await exchanged(running, SERVICE_NAMES, { KAFKA_URL: url }, async () => {
          ids.push(await confirmed(running, 'on-the-other'));
          await whole(ids);
          expect(await recordsAt(url, 'orders.events')).toBeGreaterThan(0);
        });
        ids.push(back);
        await whole(ids);
      } finally {
        await other?.stop();
        await rm(dir, { recursive: true, force: true });
      }
    },
    START_MS,
  );

  it(
    'the mail server is exchanged for Mailpit by its URL alone, and nobody else notices',
    async () => {
      const ports = ['--publish', '127.0.0.1::1025', '--publish', '127.0.0.1::8025'];
      const id = await docker(['run', '--rm', '--detach', ...ports, MAILPIT_IMAGE]);
      try {
        const at = async (port: number): Promise<string> => docker(['port', id, String(port)]);
        const mails = new Mailpit(`http://${await at(8025)}`);
        await eventually(() => mails.read(), within);
        await exchanged(running, ['notifier'], { SMTP_URL: `smtp://${await at(1025)}` }, async () => {
          const orderId = await confirmed(running, 'swap-mailpit');
          await eventually(async () => {
            const sent = (await mails.read())
              .filter((mail) => mail.orderId === orderId)
              .map(({ template }) => template);
            expect(sent.sort()).toEqual(['order-confirmed', 'order-placed']);
          }, within);
        });
      } finally {
        await docker(['stop', '--time', '1', id]);
      }
    },
    START_MS,
  );
});

async function recordsAt(url: string, topic: string): Promise<number> {
  const admin = new Kafka({ brokers: [new URL(url).host], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const offsets = await admin.fetchTopicOffsets(topic);
    return offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
  } finally {
    await admin.disconnect();
  }
}
