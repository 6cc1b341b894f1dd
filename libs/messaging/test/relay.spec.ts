import { newId } from '@dozen/kernel';
import { listRefused, messagingPolicy as policy, type OutgoingRecord, OutboxWriter, shardOf } from '../src/index.js';
import { newTrace } from '@dozen/telemetry';
import { eventually } from '@dozen/testing';
import { contractOn, messagingHarness, topicNamed, writing } from './harness.js';
import { brokerSending, recording } from './support/broker-with.js';

const events = topicNamed('relayed');
const Noted = contractOn(events, 'Noted');

let h: Awaited<ReturnType<typeof messagingHarness>>;

beforeAll(async () => {
  h = await messagingHarness([events]);
});

afterEach(async () => {
  await h.stopRelays();
  await h.stopConsumers();
  await h.dataSource.query('DELETE FROM messaging.outbox');
});

afterAll(() => h.close());

async function publish(key: string, count: number, say?: string): Promise<void> {
  await h.units.run((unit) => {
    for (let n = 0; n < count; n += 1) unit.publish(Noted, { key, n, ...(say === undefined ? {} : { say }) });
    return Promise.resolve();
  });
}

describe('the relay', () => {
  it('sends the rows of each key in order and deletes them after the ack', async () => {
    const consumer = `order-${newId()}`;
    const keys = Array.from({ length: 20 }, () => newId());
    for (const key of keys) await publish(key, 25);
    expect(await h.outboxSize()).toBe(500);
    h.startRelay();
    h.consume(consumer, [writing(Noted, consumer)]);
    await eventually(async () => {
      expect(await h.effects(consumer)).toHaveLength(500);
    });
    const effects = await h.effects(consumer);
    for (const key of keys) {
      expect(effects.filter((effect) => effect.key === key).map(({ n }) => n)).toEqual([...Array(25).keys()]);
    }
    await eventually(async () => {
      expect(await h.outboxSize()).toBe(0);
    });
  });

  it('does not skip a row that commits late with a lower seq', async () => {
    const consumer = `late-${newId()}`;
    const [early, late] = [newId(), newId()];
    h.startRelay();
    h.consume(consumer, [writing(Noted, consumer)]);
    const gate = Promise.withResolvers<null>();
    const slow = h.dataSource.transaction(async (manager) => {
      await manager.query('SELECT 1');
      await manager.query(
        `INSERT INTO messaging.outbox (shard, message_id, topic, key, headers, payload)
         VALUES ($6, $1, $2, $3, $4, $5)`,
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
          // A read of this shard finds the early one and nothing before it.
          shardOf(early),
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

  it('keeps the order of the changes where ids say otherwise, since clocks differ', async () => {
    const consumer = `clocks-${newId()}`;
    const key = newId();
    const ids = [newId(), newId(), newId()].reverse();
    const traceparent = newTrace().traceparent;
    const writer = new OutboxWriter({ source: '/test', wake: () => undefined });
    const messages = ids.map((id, n) => {
      const payload = { key, n };
      return { id, contract: Noted, subject: key, payload, time: new Date(), traceparent, correlationId: id };
    });
    const { text, values } = writer.statementOf(messages);
    await h.dataSource.manager.query(text, [...values]);
    h.startRelay();
    h.consume(consumer, [writing(Noted, consumer)]);
    await eventually(async () => {
      const effects = (await h.effects(consumer)).filter((effect) => effect.key === key);
      expect(effects.map(({ n }) => n)).toEqual([0, 1, 2]);
    });
  });

  it('parks the key of a row that the broker refuses, and no other', async () => {
    const consumer = `refused-${newId()}`;
    const [big, small] = [newId(), newId()];
    await publish(big, 1, 'x'.repeat(2 * 1024 * 1024));
    await publish(big, 1);
    await publish(small, 2);
    const sent: (readonly OutgoingRecord[])[] = [];
    h.startRelay({ broker: brokerSending(h.broker, recording(sent)) });
    h.consume(consumer, [writing(Noted, consumer)]);
    // The effect may come before the relay has deleted what it sent.
    await eventually(async () => {
      expect((await h.effects(consumer)).filter(({ key }) => key === small)).toHaveLength(2);
      expect(await listRefused(h.dataSource)).toMatchObject([{ key: big, topic: events.name }]);
      expect(await h.outboxSize()).toBe(2);
    });
    expect((await h.effects(consumer)).filter(({ key }) => key === big)).toEqual([]);
    await publish(big, 1);
    await publish(small, 1);
    await eventually(async () => {
      expect((await h.effects(consumer)).filter(({ key }) => key === small)).toHaveLength(3);
      expect(await h.outboxSize()).toBe(3);
    });
    // In its batch and by itself; once more each when the news crossed a renewal. Not again and again.
    expect(sent.filter((records) => records.some(({ key }) => key === big)).length).toBeLessThanOrEqual(4);
  });

  it('sends a backlog of one key in whole batches', async () => {
    const sent: (readonly OutgoingRecord[])[] = [];
    await publish(newId(), 2 * policy.relayBatch);
    h.startRelay({ broker: brokerSending(h.broker, recording(sent)) });
    await eventually(async () => {
      expect(await h.outboxSize()).toBe(0);
    });
    expect(sent.length).toBeLessThanOrEqual(4);
  });

  it('sends large rows in requests that a broker takes', async () => {
    const sent: (readonly OutgoingRecord[])[] = [];
    const key = newId();
    await publish(key, 40, 'x'.repeat(100_000));
    h.startRelay({ broker: brokerSending(h.broker, recording(sent)) });
    await eventually(async () => {
      expect(await h.outboxSize()).toBe(0);
    });
    expect(sent.flat()).toHaveLength(40);
    const bytes = sent.map((records) => records.reduce((sum, { value }) => sum + value.length, 0));
    expect(Math.max(...bytes)).toBeLessThanOrEqual(policy.relaySendBytes);
  });
});
