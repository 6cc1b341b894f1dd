import { setTimeout as sleep } from 'node:timers/promises';
import { newId, type TopicDeclaration } from '@dozen/kernel';
import type { BrokerConsumer, BrokerPort, FetchedBatch, OutgoingRecord } from '../src/index.js';
import { CODECS, eventually, type FrameOptions, type FrameRecord, produceRaw, recordBatch } from '@dozen/testing';
import { messagingPolicy } from '../src/index.js';

interface Reader {
  readonly consumer: BrokerConsumer;
  readonly batches: FetchedBatch[];
  readonly generations: number[];
  values(): string[];
  offsets(): string[];
}

/** More than may be unpacked; packs to some ten kB. */
const BOMB: FrameRecord = { value: Buffer.alloc(messagingPolicy.unpackBytes + 1) };
const STORED = { errorCode: 0 };

/**
 * What every broker adapter must do for outbox and inbox to keep their promises. Call it inside a test file with a way
 * to make the adapter against the real broker at `url`; it declares the tests.
 */
export function brokerConformance(name: string, url: string, makeBroker: () => BrokerPort): void {
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

    /** As a stranger's producer does; the port's own packs nothing. */
    async function sendRaw(topic: string, records: readonly FrameRecord[], options: FrameOptions = {}): Promise<void> {
      const frame = await recordBatch(records, options);
      expect(await produceRaw(url, { topic, frame })).toMatchObject(STORED);
    }

    async function read(
      topics: readonly string[],
      group: string,
      onRevoked: () => Promise<void> | undefined = () => undefined,
    ): Promise<Reader> {
      const batches: FetchedBatch[] = [];
      const generations: number[] = [];
      const consumer = broker.consumer({
        group,
        topics,
        onBatch: (batch) => batches.push(batch),
        onRevoked,
        onAssigned: (generation) => generations.push(generation),
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
      const offsets = () => batches.flatMap((batch) => batch.records.map(({ offset }) => offset));
      return { consumer, batches, generations, values, offsets };
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

    it.each(CODECS)('reads what a producer packed with %s', async (codec) => {
      const name = await topic();
      const records = Array.from({ length: 200 }, (_, n) => ({
        key: `key-${n}`,
        value: `${n} ${'x'.repeat(n * 10)}`,
        headers: [['x-test', 'ü'] as const],
      }));
      await sendRaw(name, records, { codec });
      const reader = await read([name], newId());
      await eventually(() => {
        expect(reader.values()).toEqual(records.map(({ value }) => value));
      });
      const received = reader.batches.flatMap((batch) => batch.records);
      expect(received.map(({ key }) => key?.toString())).toEqual(records.map(({ key }) => key));
      expect(received.map(({ headers }) => headers)).toEqual(records.map(() => ({ 'x-test': 'ü' })));
    });

    it('says the time of each record', async () => {
      const name = await topic();
      const before = Date.now();
      await send([record(name, 'key', 'now')]);
      await sendRaw(name, [{ value: 'first' }, { value: 'later', timestampDelta: 5 }], { baseTimestamp: 1_000_000 });
      const reader = await read([name], newId());
      await eventually(() => {
        for (const batch of reader.batches) reader.consumer.done(batch);
        expect(reader.values()).toEqual(['now', 'first', 'later']);
      });
      const [now = 0, ...given] = reader.batches.flatMap((batch) => batch.records.map(({ timestamp }) => timestamp));
      expect(now).toBeGreaterThanOrEqual(before);
      expect(now).toBeLessThanOrEqual(Date.now());
      expect(given).toEqual([1_000_000, 1_000_005]);
    });

    it.each(['gzip', 'lz4', 'zstd'] as const)(
      'unpacks no %s past the bound: the batch is a value, and what follows it is read',
      async (codec) => {
        const name = await topic();
        await sendRaw(name, [{ value: 'before' }]);
        await sendRaw(name, [{ value: 'beside' }, BOMB], { codec });
        await sendRaw(name, [{ value: 'behind' }]);
        const reader = await read([name], newId());
        await eventually(() => {
          // What it comes to after the bomb may be for another batch.
          for (const batch of reader.batches) reader.consumer.done(batch);
          expect(reader.offsets()).toEqual(['0', '2', '3']);
        });
        const [before, bomb, behind] = reader.batches.flatMap((batch) => batch.records);
        expect(before?.unreadable).toBeUndefined();
        expect(bomb).toMatchObject({ key: null, headers: {} });
        expect(bomb?.unreadable).toEqual({ firstOffset: '1', reason: expect.stringContaining('unpacks to more than') });
        expect(bomb?.value?.length).toBeLessThan(1024 * 1024);
        expect(behind?.value?.toString()).toBe('behind');
      },
    );

    it('gives a record with more headers than it reads as a value of its own, and its neighbours as records', async () => {
      const name = await topic();
      const headers = Array.from({ length: messagingPolicy.recordHeaders + 1 }, (_, n) => [`h${n}`, ''] as const);
      await sendRaw(name, [{ value: 'before' }, { value: 'much', headers }, { value: 'behind' }]);
      const reader = await read([name], newId());
      await eventually(() => {
        expect(reader.offsets()).toEqual(['0', '1', '2']);
      });
      const records = reader.batches.flatMap((batch) => batch.records);
      expect(records.map(({ unreadable }) => unreadable?.firstOffset)).toEqual([undefined, '1', undefined]);
    });

    it('reads a partition ahead of what is in flight, up to as many records as a transaction takes', async () => {
      const name = await topic();
      await send([record(name, 'a', '1')]);
      const reader = await read([name], newId());
      await eventually(() => {
        expect(reader.values()).toEqual(['1']);
      });
      const many = Array.from({ length: messagingPolicy.batchSize }, (_, n) => record(name, 'a', String(n + 2)));
      await send(many);
      await eventually(() => {
        expect(reader.values()).toHaveLength(many.length + 1);
      });
      await send([record(name, 'a', 'behind')]);
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(reader.values()).not.toContain('behind');
      for (const batch of [...reader.batches]) reader.consumer.done(batch);
      await eventually(() => {
        expect(reader.values().at(-1)).toBe('behind');
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
      const generation = first.generations.at(-1) ?? 0;
      await first.consumer.commit([{ generation, topic: name, partition: 0, offset: '1' }]);
      await first.consumer.stop();
      const second = await read([name], group);
      await eventually(() => {
        expect(second.values()).toEqual(['2', '3']);
      });
    });

    it('refuses a commit of a generation that is over', async () => {
      const name = await topic(2);
      const group = newId();
      const first = await read([name], group);
      const old = first.generations.at(-1) ?? 0;
      await read([name], group);
      await eventually(() => {
        expect(first.generations.at(-1)).toBeGreaterThan(old);
      });
      await expect(
        first.consumer.commit([{ generation: old, topic: name, partition: 0, offset: '0' }]),
      ).rejects.toMatchObject({ code: 'MSG-STALE-EPOCH' });
    });

    it('lets a member end and commit what it has in flight before its partitions move', async () => {
      const name = await topic(2);
      const group = newId();
      await send(Array.from({ length: 20 }, (_, n) => record(name, `k${n}`, String(n))));
      const first = await read([name], group, async () => {
        await sleep(200);
        const ends = first.batches.map(({ generation, partition, records }) => {
          const offset = (BigInt(records.at(-1)?.offset ?? 0) + 1n).toString();
          return { generation, topic: name, partition, offset };
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

    it('moves the partitions of a member whose work in flight does not end', async () => {
      const name = await topic(2);
      const group = newId();
      const first = await read([name], group, () => new Promise(() => undefined));
      const second = await read([name], group);
      expect(second.consumer.joined).toBe(true);
      await eventually(() => {
        expect(first.generations).toEqual([1, 2]);
      });
    });

    it('gives the partitions of a member that leaves to the others', async () => {
      const name = await topic(2);
      const group = newId();
      const staying = await read([name], group);
      const leaving = await read([name], group);
      await leaving.consumer.stop();
      const before = staying.generations.length;
      await eventually(() => {
        expect(staying.generations.length).toBeGreaterThanOrEqual(Math.max(2, before));
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
