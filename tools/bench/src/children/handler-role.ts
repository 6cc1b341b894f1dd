import { setTimeout as sleep } from 'node:timers/promises';
import type { TopicDeclaration } from '@dozen/kernel';
import { booking, updatingAll } from '../inbox/handlers.js';
import { startInbox } from '../inbox/ours.js';
import { machineNow } from '../measures.js';
import { ArrivalBook } from './arrivals.js';
import { playRole } from './role.js';

export interface HandlerInput {
  readonly databaseUrl: string;
  readonly kafkaUrl: string;
  readonly topic: TopicDeclaration;
  readonly expected: number;
  /** One UPDATE of all rows of a batch, instead of a handler that loads a row, updates it and publishes an event. */
  readonly setBased: boolean;
}

/** A consuming service that notes when the transaction of each message's handler has been committed. */
await playRole<HandlerInput>(async ({ expected, ...input }, cue) => {
  const book = new ArrivalBook(expected);
  const handler = input.setBased ? updatingAll : booking;
  const { inbox, close } = await startInbox(
    input,
    handler(input.topic, ({ n }, unit) => {
      unit.afterCommit(() => book.add(n, machineNow()));
    }),
  );
  while (!inbox.joined) await sleep(20);
  cue.ready();
  const arrivals = await book.complete;
  await close();
  return arrivals;
});
