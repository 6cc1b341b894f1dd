import { newId } from '@dozen/kernel';
import { type BrokerPort, listRefused, Relay } from '../src/index.js';
import { createLogger } from '@dozen/telemetry';
import { eventually } from '@dozen/testing';
import { contractOn, messagingHarness, topicNamed, writing } from './harness.js';

const events = topicNamed('relayed');
const Noted = contractOn(events, 'Noted');
const logger = createLogger({ service: 'test', release: 'test', level: 'fatal' });

let h: Awaited<ReturnType<typeof messagingHarness>>;
const relays: Relay[] = [];

beforeAll(async () => {
  h = await messagingHarness([events]);
});

afterAll(async () => {
  for (const relay of relays) await relay.stop();
  await h.close();
});

function startRelay(broker: BrokerPort = h.broker): Relay {
  const relay = new Relay({ broker, dataSource: h.dataSource, logger });
  relay.start();
  relays.push(relay);
  return relay;
}

async function publish(key: string, count: number, say?: string): Promise<void> {
  await h.units.run((unit) => {
    for (let n = 0; n < count; n += 1) unit.publish(Noted, { key, n, ...(say === undefined ? {} : { say }) });
    return Promise.resolve();
  });
}

async function outboxSize(): Promise<number> {
  const [row]: { count: number }[] = await h.dataSource.query('SELECT count(*)::int AS count FROM messaging.outbox');
  return row?.count ?? -1;
}

describe('the relay', () => {
  it('sends the rows of each key in order and deletes them after the ack', async () => {
    const consumer = `order-${newId()}`;
    const keys = Array.from({ length: 20 }, () => newId());
    for (const key of keys) await publish(key, 25);
    expect(await outboxSize()).toBe(500);
    startRelay();
    h.consume(consumer, [writing(Noted, consumer)]);
    await eventually(async () => {
      expect(await h.effects(consumer)).toHaveLength(500);
    });
    const effects = await h.effects(consumer);
    for (const key of keys) {
      expect(effects.filter((effect) => effect.key === key).map(({ n }) => n)).toEqual([...Array(25).keys()]);
    }
    await eventually(async () => {
      expect(await outboxSize()).toBe(0);
    });
  });

  it('does not skip a row that commits late with a lower seq', async () => {
    const consumer = `late-${newId()}`;
    const [early, late] = [newId(), newId()];
    startRelay();
    h.consume(consumer, [writing(Noted, consumer)]);
    const gate = Promise.withResolvers<null>();
    const slow = h.dataSource.transaction(async (manager) => {
      await manager.query('SELECT 1');
      await manager.query(
        `INSERT INTO messaging.outbox (shard, message_id, topic, key, headers, payload)
         VALUES (0, $1, $2, $3, $4, $5)`,
        [
          newId(),
          events.name,
          late,
          JSON.stringify({
            ce_specversion: '1.0',
            ce_id: newId(),
            ce_type: Noted.type,
            ce_source: '/test',
            ce_time: new Date().toISOString(),
          }),
          JSON.stringify({ key: late, n: 1 }),
        ],
      );
      await gate.promise;
    });
    await publish(early, 1);
    await eventually(async () => {
      expect((await h.effects(consumer)).map(({ key }) => key)).toContain(early);
    });
    gate.resolve(null);
    await slow;
    await eventually(async () => {
      expect((await h.effects(consumer)).map(({ key }) => key)).toContain(late);
    });
  });

  it('throws a producer away after a rejected send and loses nothing', async () => {
    const consumer = `rejected-${newId()}`;
    let sessions = 0;
    let rejections = 2;
    startRelay({
      producer: async (options) => {
        const producer = await h.broker.producer(options);
        sessions += 1;
        return {
          close: () => producer.close(),
          send: async (records, sendOptions) => {
            if (rejections > 0) {
              rejections -= 1;
              throw new Error('rejected');
            }
            await producer.send(records, sendOptions);
          },
        };
      },
      consumer: (options) => h.broker.consumer(options),
      ensureTopics: (topics) => h.broker.ensureTopics(topics),
      partitionCounts: (topics) => h.broker.partitionCounts(topics),
      close: () => Promise.resolve(),
    });
    await Promise.all(relays.splice(0, relays.length - 1).map((relay) => relay.stop()));
    const key = newId();
    await publish(key, 3);
    h.consume(consumer, [writing(Noted, consumer)]);
    await eventually(async () => {
      expect((await h.effects(consumer)).filter((effect) => effect.key === key)).toHaveLength(3);
    });
    expect(rejections).toBe(0);
    expect(sessions).toBeGreaterThanOrEqual(3);
  });

  it('parks the key of a row that the broker refuses, and no other', async () => {
    const consumer = `refused-${newId()}`;
    const [big, small] = [newId(), newId()];
    await publish(big, 1, 'x'.repeat(2 * 1024 * 1024));
    await publish(big, 1);
    await publish(small, 2);
    startRelay();
    h.consume(consumer, [writing(Noted, consumer)]);
    await eventually(async () => {
      expect((await h.effects(consumer)).filter(({ key }) => key === small)).toHaveLength(2);
    });
    expect(await listRefused(h.dataSource)).toMatchObject([{ key: big, topic: events.name }]);
    expect((await h.effects(consumer)).filter(({ key }) => key === big)).toEqual([]);
    expect(await outboxSize()).toBe(2);
  });

  it('shares the shards with another relay and hands them over at once on a stop', async () => {
    const first = startRelay();
    const second = startRelay();
    const shares = async () => {
      const rows: { count: number }[] = await h.dataSource.query(
        'SELECT count(*)::int AS count FROM messaging.relay_leases WHERE member IS NOT NULL AND expires_at > now() GROUP BY member',
      );
      return rows.map((row) => row.count).sort((a, b) => a - b);
    };
    await Promise.all(relays.splice(0, relays.length - 2).map((relay) => relay.stop()));
    await eventually(async () => {
      expect(await shares()).toEqual([8, 8]);
    });
    await first.stop();
    const stoppedAt = performance.now();
    await eventually(async () => {
      expect(await shares()).toEqual([16]);
    });
    expect(performance.now() - stoppedAt).toBeLessThan(3_000);
    await second.stop();
  });
});
