import { newId } from '@dozen/kernel';
import { eventually } from '@dozen/testing';
import { type BrokerPort, type ConsumerOptions, type FetchedBatch, messagingPolicy } from '../src/index.js';
import { contractOn, messagingHarness, topicNamed } from './harness.js';
import { recordOf } from './support/records.js';

/** `DOZEN_TEST_BACKLOG=1000000` is the full size. */
const BACKLOG = Number(process.env['DOZEN_TEST_BACKLOG'] ?? 50_000);
const topic = topicNamed('backlog', 'event', 4);
const Noted = contractOn(topic, 'Noted');

/** The consumer asks for so much of a partition at once; a broker may round up to a whole batch of the producer's. */
const FETCH_BYTES = 1024 * 1024;
const PRODUCER_BATCH_BYTES = 1024 * 1024;
/** A partition that has so much in memory is not read on. */
const AHEAD_BYTES = messagingPolicy.inFlightBytes / 16;

let h: Awaited<ReturnType<typeof messagingHarness>>;

beforeAll(async () => {
  h = await messagingHarness([topic]);
});

afterAll(() => h.close());

/** The broker, with an eye on what was handed over and not asked on for. */
function watched(broker: BrokerPort) {
  const inFlight = new Map<number, number[]>();
  const most = { bytes: 0 };
  const bytesOf = ({ records }: FetchedBatch) => records.reduce((sum, { value }) => sum + (value?.byteLength ?? 0), 0);
  const consumer = (options: ConsumerOptions) => {
    const inner = broker.consumer({
      ...options,
      onBatch: (batch) => {
        const held = [...(inFlight.get(batch.partition) ?? []), bytesOf(batch)];
        inFlight.set(batch.partition, held);
        const sum = held.reduce((total, bytes) => total + bytes, 0);
        most.bytes = Math.max(most.bytes, sum);
        options.onBatch(batch);
      },
    });
    const done = inner.done.bind(inner);
    return Object.assign(inner, {
      done: (place: Parameters<typeof done>[0]) => {
        inFlight.get(place.partition)?.shift();
        done(place);
      },
    });
  };
  const port: BrokerPort = {
    consumer,
    producer: (options) => broker.producer(options),
    ensureTopics: (topics) => broker.ensureTopics(topics),
    partitionCounts: (topics) => broker.partitionCounts(topics),
    ping: () => broker.ping(),
    close: () => broker.close(),
  };
  return { port, most };
}

describe('a backlog', () => {
  it(
    `of ${BACKLOG} messages is never in memory: of each partition little more than a transaction takes`,
    async () => {
      const producer = await h.broker.producer({ timeoutMs: 10_000 });
      for (let at = 0; at < BACKLOG; at += 1000) {
        const records = Array.from({ length: 1000 }, (_, n) => recordOf(Noted, { key: newId(), n: at + n }));
        await producer.send(records, { timeoutMs: 10_000 });
      }
      await producer.close();

      const { port, most } = watched(h.broker);
      let handled = 0;
      let mostRss = 0;
      const rssBefore = process.memoryUsage.rss();
      h.consume(
        `backlog-${newId()}`,
        [
          {
            contract: Noted,
            handle: () => {
              handled += 1;
              return Promise.resolve();
            },
          },
        ],
        { broker: port },
      );
      await eventually(
        () => {
          mostRss = Math.max(mostRss, process.memoryUsage.rss());
          expect(handled).toBeGreaterThanOrEqual(BACKLOG);
        },
        { timeoutMs: 60_000 + BACKLOG },
      );
      expect(handled).toBe(BACKLOG);
      // It is paused when it has as much, and the batch that crossed it is there, too.
      expect(most.bytes).toBeLessThan(AHEAD_BYTES + FETCH_BYTES + PRODUCER_BATCH_BYTES);
      if (process.env['DOZEN_TEST_BACKLOG'] !== undefined) {
        process.stdout.write(
          `RSS before ${rssBefore >> 20} MiB, at most ${mostRss >> 20} MiB; ${JSON.stringify(most)}\n`,
        );
      }
    },
    120_000 + BACKLOG,
  );
});
