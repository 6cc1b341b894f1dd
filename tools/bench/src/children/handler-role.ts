import { setTimeout as sleep } from 'node:timers/promises';
import type { TopicDeclaration } from '@dozen/kernel';
import { booking } from '../inbox/handlers.js';
import { startInbox } from '../inbox/ours.js';
import { machineNow } from '../measures.js';
import { ArrivalBook } from './arrivals.js';
import { playRole } from './role.js';

export interface HandlerInput {
  readonly databaseUrl: string;
  readonly kafkaUrl: string;
  readonly topic: TopicDeclaration;
  readonly expected: number;
}

/** A consuming service that notes when the transaction of each message's handler has been committed. */
await playRole<HandlerInput>(async ({ expected, ...input }, cue) => {
  const book = new ArrivalBook(expected);
  const { inbox, close } = await startInbox(
    input,
    booking(input.topic, ({ n }, unit) => {
      unit.afterCommit(() => book.add(n, machineNow()));
    }),
  );
  while (!inbox.joined) await sleep(20);
  cue.ready();
  const arrivals = await book.complete;
  await close();
  return arrivals;
});
