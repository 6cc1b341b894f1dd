import type { MessageContract, TopicDeclaration } from '@dozen/kernel';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { Account } from './account.js';

const credit = z.object({ account: z.string(), n: z.number(), amount: z.number(), pad: z.string() });
export type Credit = z.output<typeof credit>;

function contractOn(topic: TopicDeclaration, name: string): MessageContract<Credit> {
  const type = `bench.${name}.v1`;
  return { name, version: 1, type, kind: 'event', topic, schema: credit, key: ({ account }) => account };
}

/** What comes in. */
export const creditOrdered = (topic: TopicDeclaration): MessageContract<Credit> => contractOn(topic, 'CreditOrdered');

/** What goes out; nobody relays it. */
export const creditBooked: MessageContract<Credit> = contractOn(
  { name: 'bench.booked', kind: 'event', partitions: 1, retentionMs: 1, cleanup: 'delete' },
  'CreditBooked',
);

/** The work of every handler here: load a row, update it. What is published goes out by the handler's own way. */
export async function book(manager: EntityManager, { account, amount }: Credit): Promise<void> {
  const { balance } = await manager.findOneByOrFail(Account, { id: account });
  await manager.update(Account, { id: account }, { balance: balance + amount });
}

/** The same as one statement. */
export async function update(manager: EntityManager, { account, amount }: Credit): Promise<void> {
  await manager.increment(Account, { id: account }, 'balance', amount);
}
