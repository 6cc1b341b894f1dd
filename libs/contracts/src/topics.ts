import type { TopicDeclaration } from '@dozen/kernel';

const DAY_MS = 24 * 60 * 60 * 1000;

/*
 * Partitions are the ceiling of consumer parallelism and can never change (the order per key hangs on them).
 * Eight of each: more than the largest deploy has consumers of a kind, few enough for one broker.
 * Retention is how long a consumer may be down, and what an inbox has to remember.
 */
const eventTopic = (name: string): TopicDeclaration => ({
  name,
  kind: 'event',
  partitions: 8,
  retentionMs: 7 * DAY_MS,
  cleanup: 'delete',
});

/** Open to producers outside Dozen; everything else is written by its owner alone. */
export const ordersCommands: TopicDeclaration = {
  name: 'orders.commands',
  kind: 'command',
  partitions: 8,
  retentionMs: 7 * DAY_MS,
  cleanup: 'delete',
};
export const ordersEvents = eventTopic('orders.events');
export const billingEvents = eventTopic('billing.events');
export const notifierEvents = eventTopic('notifier.events');
export const catalogueEvents = eventTopic('catalogue.events');

export const topics: readonly TopicDeclaration[] = [
  ordersCommands,
  ordersEvents,
  billingEvents,
  notifierEvents,
  catalogueEvents,
];
