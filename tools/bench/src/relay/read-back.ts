import { randomUUID } from 'node:crypto';
import { plainKafka } from '../kafka.js';

export interface LogContents {
  readonly records: number;
  /** Records that were there before. */
  readonly repeats: number;
  /** First occurrences behind that of a higher number of the same key. */
  readonly inversions: number;
}

/** Reads the whole topic and checks the numbers of each key, which begin at 0 and have no gaps. */
export async function readBack(kafkaUrl: string, topic: string, total: number): Promise<LogContents> {
  const consumer = plainKafka(kafkaUrl).consumer({ groupId: `bench-${randomUUID()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const seen = new Map<string, Set<number>>();
  const highest = new Map<string, number>();
  let [records, repeats, inversions] = [0, 0, 0];
  const end = Promise.withResolvers<null>();
  await consumer.run({
    autoCommit: false,
    eachBatch: ({ batch }) => {
      for (const { value } of batch.messages) {
        const { key, n } = JSON.parse(value?.toString() ?? '{}') as { key: string; n: number };
        const numbers = seen.get(key) ?? new Set();
        seen.set(key, numbers);
        records += 1;
        if (numbers.has(n)) repeats += 1;
        else if (n < (highest.get(key) ?? -1)) inversions += 1;
        numbers.add(n);
        highest.set(key, Math.max(n, highest.get(key) ?? -1));
      }
      if (records - repeats >= total) end.resolve(null);
      return Promise.resolve();
    },
  });
  await end.promise;
  await consumer.disconnect();
  return { records, repeats, inversions };
}
