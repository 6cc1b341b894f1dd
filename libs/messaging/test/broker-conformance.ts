import { setTimeout as sleep } from 'node:timers/promises';
import { newId, type TopicDeclaration } from '@dozen/kernel';
import type { BrokerConsumer, BrokerPort, FetchedBatch, OutgoingRecord } from '../src/index.js';
import { eventually } from '@dozen/testing';

interface Reader {
  readonly consumer: BrokerConsumer;
  readonly batches: FetchedBatch[];
  readonly epochs: number[];
  values(): string[];
}

/**
 * What every broker adapter must do for outbox and inbox to keep their promises. Call it inside a test file with a way
 * to make the adapter against a real broker; it declares the tests.
 */
export function brokerConformance(name: string, makeBroker: () => BrokerPort): void {
  describe(`${name} as a BrokerPort`, () => {
    const stops: (() => Promise<void>)[] = [];
    let broker: BrokerPort;

    beforeAll(() => {
      broker = makeBroker();
    });

    afterEach(async () => {
      for (const stop of stops.splice(0)) await stop();
    });

    afterAll(async () => {
      await broker.close();
    });

    async function topic(partitions = 1): Promise<string> {
      const declaration = topicOf(`conformance.${newId()}`, partitions);
      await broker.ensureTopics([declaration]);
      return declaration.name;
    }

    async function send(records: readonly OutgoingRecord[]): Promise<void> {
      const producer = await broker.producer({ timeoutMs: 10_000 });
      await producer.send(records, { timeoutMs: 10_000 });
      await producer.close();
    }

    async function read(
      topics: readonly string[],
      group: string,
      onRevoked: () => Promise<void> | undefined = () => undefined,
    ): Promise<Reader> {
      const batches: FetchedBatch[] = [];
      const epochs: number[] = [];
      const consumer = broker.consumer({
        group,
        topics,
        onBatch: (batch) => batches.push(batch),
        onRevoked,
        onAssigned: (epoch) => epochs.push(epoch),
        onCrash: (error) => {
          throw error;
        },
      });
      await consumer.start();
      stops.push(() => consumer.stop());
      await eventually(() => {
        expect(consumer.joined).toBe(true);
      });
      const values = () => batches.flatMap((batch) => batch.records.map((record) => record.value?.toString() ?? ''));
      return { consumer, batches, epochs, values };
    }

    it('creates missing topics once and refuses another number of partitions', async () => {
      const declared = topicOf(`conformance.${newId()}`, 3);
      expect(await broker.ensureTopics([declared])).toEqual([declared.name]);
      expect(await broker.ensureTopics([declared])).toEqual([]);
      expect((await broker.partitionCounts([declared.name, 'missing'])).get(declared.name)).toBe(3);
      await expect(broker.ensureTopics([{ ...declared, partitions: 4 }])).rejects.toMatchObject({
        code: 'MSG-PARTITIONS',
      });
    });

    it('delivers key, value and headers, from the beginning, in the order of each key', async () => {
      const name = await topic(4);
      const records = Array.from({ length: 200 }, (_, n) => record(name, `key-${n % 7}`, String(n)));
      await send(records);
      const reader = await read([name], newId());
      await eventually(() => {
        expect(reader.values()).toHaveLength(200);
      });
      const received = reader.batches.flatMap((batch) => batch.records);
      expect(received[0]?.headers).toEqual({ 'x-test': 'ü' });
      for (let key = 0; key < 7; key += 1) {
        const mine = received.filter((r) => r.key?.toString() === `key-${key}`).map((r) => Number(r.value?.toString()));
        expect(mine).toEqual([...mine].sort((a, b) => a - b));
        expect(mine).toHaveLength(records.filter((r) => r.key === `key-${key}`).length);
      }
    });

    it('hands over no second batch of a partition before it is resumed', async () => {
      const name = await topic();
      await send([record(name, 'a', '1')]);
      const reader = await read([name], newId());
      await eventually(() => {
        expect(reader.values()).toEqual(['1']);
      });
      await send([record(name, 'a', '2')]);
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(reader.values()).toEqual(['1']);
      const [batch] = reader.batches;
      if (batch) reader.consumer.resume(batch);
      await eventually(() => {
        expect(reader.values()).toEqual(['1', '2']);
      });
    });

    it('starts again from what was committed, and from nothing else', async () => {
      const name = await topic();
      const group = newId();
      await send([record(name, 'a', '1'), record(name, 'a', '2'), record(name, 'a', '3')]);
      const first = await read([name], group);
      await eventually(() => {
        expect(first.values()).toHaveLength(3);
      });
      const epoch = first.epochs.at(-1) ?? 0;
      await first.consumer.commit([{ epoch, topic: name, partition: 0, offset: '1' }]);
      await first.consumer.stop();
      const second = await read([name], group);
      await eventually(() => {
        expect(second.values()).toEqual(['2', '3']);
      });
    });

    it('refuses a commit of an epoch that is over', async () => {
      const name = await topic(2);
      const group = newId();
      const first = await read([name], group);
      const old = first.epochs.at(-1) ?? 0;
      await read([name], group);
      await eventually(() => {
        expect(first.epochs.at(-1)).toBeGreaterThan(old);
      });
      await expect(
        first.consumer.commit([{ epoch: old, topic: name, partition: 0, offset: '0' }]),
      ).rejects.toMatchObject({ code: 'MSG-STALE-EPOCH' });
    });

    it('lets a member end and commit what it has in hand before its partitions move', async () => {
      const name = await topic(2);
      const group = newId();
      await send(Array.from({ length: 20 }, (_, n) => record(name, `k${n}`, String(n))));
      const first = await read([name], group, async () => {
        await sleep(200);
        const ends = first.batches.map(({ epoch, partition, records }) => {
          const offset = (BigInt(records.at(-1)?.offset ?? 0) + 1n).toString();
          return { epoch, topic: name, partition, offset };
        });
        await first.consumer.commit(ends);
      });
      await eventually(() => {
        expect(first.values()).toHaveLength(20);
      });
      const second = await read([name], group);
      await send([record(name, 'k0', 'later'), record(name, 'k1', 'later'), record(name, 'k2', 'later')]);
      const both = () => [...first.values(), ...second.values()];
      await eventually(() => {
        expect(both().filter((value) => value === 'later')).toHaveLength(3);
      });
      expect(both()).toHaveLength(23);
    });

    it('moves the partitions of a member whose work in hand does not end', async () => {
      const name = await topic(2);
      const group = newId();
      const first = await read([name], group, () => new Promise(() => undefined));
      const second = await read([name], group);
      expect(second.consumer.joined).toBe(true);
      await eventually(() => {
        expect(first.epochs).toEqual([1, 2]);
      });
    });

    it('gives the partitions of a member that leaves to the others', async () => {
      const name = await topic(2);
      const group = newId();
      const staying = await read([name], group);
      const leaving = await read([name], group);
      await leaving.consumer.stop();
      const before = staying.epochs.length;
      await eventually(() => {
        expect(staying.epochs.length).toBeGreaterThanOrEqual(Math.max(2, before));
        expect(staying.consumer.joined).toBe(true);
      });
      await send(Array.from({ length: 20 }, (_, n) => record(name, `k${n}`, String(n))));
      await eventually(() => {
        // Nothing was committed, so a rejoin may deliver again.
        expect(new Set(staying.values()).size).toBe(20);
      });
    });

    it('says MSG-REFUSED for a record that is too large, and a new session sends the next', async () => {
      const name = await topic();
      const producer = await broker.producer({ timeoutMs: 10_000 });
      await expect(
        producer.send([record(name, 'a', 'x'.repeat(2 * 1024 * 1024))], { timeoutMs: 10_000 }),
      ).rejects.toMatchObject({ code: 'MSG-REFUSED' });
      await producer.close();
      await send([record(name, 'a', 'next')]);
      const reader = await read([name], newId());
      await eventually(() => {
        expect(reader.values()).toEqual(['next']);
      });
    });
  });
}

function topicOf(name: string, partitions: number): TopicDeclaration {
  return { name, kind: 'event', partitions, retentionMs: 60 * 60 * 1000, cleanup: 'delete' };
}

function record(topic: string, key: string, value: string): OutgoingRecord {
  return { topic, key, value, headers: { 'x-test': 'ü' } };
}
