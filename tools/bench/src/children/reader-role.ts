import { randomUUID } from 'node:crypto';
import { plainKafka } from '../kafka.js';
import { machineNow } from '../measures.js';
import type { Numbered } from '../numbered.js';
import { ArrivalBook } from './arrivals.js';
import { playRole } from './role.js';

export interface ReaderInput {
  readonly kafkaUrl: string;
  readonly topic: string;
  readonly expected: number;
}

/** A plain consumer that notes when each message is there. */
await playRole<ReaderInput>(async ({ kafkaUrl, topic, expected }, cue) => {
  const book = new ArrivalBook(expected);
  const consumer = plainKafka(kafkaUrl).consumer({ groupId: `bench-${randomUUID()}`, maxWaitTimeInMs: 100 });
  const joined = Promise.withResolvers<null>();
  consumer.on(consumer.events.GROUP_JOIN, () => joined.resolve(null));
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: ({ batch }) => {
      const at = machineNow();
      for (const { value } of batch.messages) book.add((JSON.parse(value?.toString() ?? '') as Numbered).n, at);
      return Promise.resolve();
    },
  });
  await joined.promise;
  cue.ready();
  const arrivals = await book.complete;
  await consumer.disconnect();
  return arrivals;
});
