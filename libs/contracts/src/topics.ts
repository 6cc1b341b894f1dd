import type { TopicDeclaration } from '@dozen/kernel';

const DAY_MS = 24 * 60 * 60 * 1000;

/*
 * Partitions bound how many consumers can share the work, and their number can never change, since the order per key depends on
 * it. Each topic has eight: more than the largest deploy has consumers of a kind, and few enough for one broker. Retention is
 * how long a consumer may be down, and how far back an inbox has to remember.
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
