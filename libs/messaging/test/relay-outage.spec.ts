import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangeNotifications } from '@dozen/database';
import { newId } from '@dozen/kernel';
import { eventually } from '@dozen/testing';
import { type BrokerProducer, messagingPolicy as policy, type OutgoingRecord } from '../src/index.js';
import { contractOn, messagingHarness, topicNamed, writing } from './harness.js';
import { brokerSending, brokerWith, spoilable } from './support/broker-with.js';

const events = topicNamed('outage');
const Noted = contractOn(events, 'Noted');

let h: Awaited<ReturnType<typeof messagingHarness>>;

beforeAll(async () => {
  h = await messagingHarness([events]);
});

afterEach(async () => {
  await h.stopRelays();
});

afterAll(() => h.close());

async function publish(keys: readonly string[], perKey: number): Promise<void> {
  await h.units.run((unit) => {
    for (let n = 0; n < perKey; n += 1) for (const key of keys) unit.publish(Noted, { key, n });
    return Promise.resolve();
  });
}

/** Each key's events are there, each once and in order. */
async function arrived(consumer: string, keys: readonly string[], perKey: number): Promise<void> {
  const effects = await eventually(async () => {
    const found = (await h.effects(consumer)).filter(({ key }) => keys.includes(key));
    expect(found).toHaveLength(keys.length * perKey);
    return found;
  });
  for (const key of keys) {
    expect(effects.filter((effect) => effect.key === key).map(({ n }) => n)).toEqual([...Array(perKey).keys()]);
  }
}

describe('the relay in an outage of the broker', () => {
  it('throws a producer away after a rejected send, since it would acknowledge and store nothing', async () => {
    const consumer = `rejected-${newId()}`;
    const keys = [newId(), newId(), newId()];
    let rejections = 6;
    await publish(keys, 5);
    h.startRelay({
      broker: brokerSending(
        h.broker,
        spoilable(() => rejections-- > 0),
      ),
    });
    h.consume(consumer, [writing(Noted, consumer)]);
    await arrived(consumer, keys, 5);
    expect(rejections).toBeLessThan(0);
  });

  it('keeps the rows and their order, asks ever more rarely, and sends soon after the broker is back', async () => {
    const consumer = `away-${newId()}`;
    const keys = Array.from({ length: 30 }, () => newId());
    let away = true;
    const attempts: number[] = [];
    const broker = brokerSending(h.broker, () => (send) => async (records, options) => {
      attempts.push(performance.now());
      if (away) throw new Error('no answer from the broker');
      await send(records, options);
    });
    await publish(keys, 5);
    h.startRelay({ broker });
    await eventually(() => {
      expect(attempts.length).toBeGreaterThanOrEqual(8);
    });
    expect(await h.outboxSize()).toBe(150);
    // 100, 200, 400 ms between the attempts, and so on: a loop without pauses makes hundreds in that time.
    expect((attempts[7] ?? 0) - (attempts[0] ?? 0)).toBeGreaterThan(3 * policy.retry.firstMs);
    h.consume(consumer, [writing(Noted, consumer)]);
    away = false;
    await arrived(consumer, keys, 5);
    await eventually(async () => {
      expect(await h.outboxSize()).toBe(0);
    });
  });

  it('holds no more rows in memory than a batch, however long it lasts', async () => {
    const frozen = Promise.withResolvers<null>();
    const inFlight: (readonly OutgoingRecord[])[] = [];
    const session: BrokerProducer = {
      send: async (records) => {
        inFlight.push(records);
        await frozen.promise;
      },
      close: () => Promise.resolve(),
    };
    await publish(
      Array.from({ length: 100 }, () => newId()),
      50,
    );
    h.startRelay({ broker: brokerWith(h.broker, { producer: () => Promise.resolve(session) }) });
    await eventually(() => {
      expect(inFlight).toHaveLength(1);
    });
    // More comes while nothing is acknowledged.
    await publish(
      Array.from({ length: 100 }, () => newId()),
      50,
    );
    expect(inFlight).toHaveLength(1);
    for (const records of inFlight) expect(records.length).toBeLessThanOrEqual(policy.relayBatch);
    frozen.resolve(null);
    await eventually(async () => {
      expect(await h.outboxSize()).toBe(0);
    });
  });
});

describe('a gap in the notifications', () => {
  /** What the relay listens to, for a test that says when there was a gap. */
  class Heard {
    readonly gaps: (() => void)[] = [];
    listen(_channel: string, { onGap }: { onGap: () => void }): void {
      this.gaps.push(onGap);
    }
    announce(): void {
      // There is no other process.
    }
  }

  it('makes the relay read from the beginning: the server may have taken back deletions that it had not flushed', async () => {
    const heard = new Heard();
    const key = newId();
    await publish([key], 1);
    const [row]: object[] = await h.dataSource.query('SELECT * FROM messaging.outbox');
    h.startRelay({ notifications: heard as unknown as ChangeNotifications });
    await eventually(async () => expect(await h.outboxSize()).toBe(0));
    // More rows and renewals, until the low watermark stands above the first one.
    for (let heartbeat = 0; heartbeat < 3; heartbeat += 1) {
      await publish([key], 1);
      await sleep(policy.leaseRenewMs);
    }
    await h.dataSource.query(
      'INSERT INTO messaging.outbox OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_record(NULL::messaging.outbox, $1)',
      [JSON.stringify(row)],
    );
    await sleep(2 * policy.relayPollMs);
    expect(await h.outboxSize()).toBe(1);
    for (const gap of heard.gaps) gap();
    await eventually(async () => expect(await h.outboxSize()).toBe(0));
  });
});
