import { randomUUID } from 'node:crypto';
import { OutboxWriter } from '@dozen/messaging';
import type { EntityManager } from 'typeorm';
import type { ConsumerInput } from './consumer-input.js';
import { plainKafka } from '../kafka.js';
import { openDataSource } from '../sandbox.js';
import { Account } from './account.js';
import { bookedMessage } from './booked-message.js';
import { book, type Credit } from './credit.js';

const POOL = 20;
const CLAIM = 'INSERT INTO messaging.inbox (consumer, message_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1';

/**
 * Yardstick (b): claim, handler and event in one transaction per message, on the same pool settings, as many partitions
 * at a time. Offsets are committed by kafkajs behind each batch.
 */
export async function perMessage(input: ConsumerInput): Promise<() => Promise<void>> {
  const { databaseUrl, kafkaUrl, topic, concurrency = topic.partitions } = input;
  const dataSource = openDataSource(databaseUrl, POOL, [Account]);
  await dataSource.initialize();
  const outbox = new OutboxWriter({ source: '/dozen/bench', wake: () => undefined });
  const group = `bench-${randomUUID()}`;
  const consumer = plainKafka(kafkaUrl).consumer({ groupId: group, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic: topic.name, fromBeginning: true });

  const handle = async (manager: EntityManager, id: string, credit: Credit): Promise<void> => {
    const claimed: unknown[] = await manager.query(CLAIM, [group, id]);
    if (claimed.length === 0) return;
    await book(manager, credit);
    const { text, values } = outbox.statementOf([bookedMessage(credit)]);
    await manager.query(text, [...values]);
  };

  await consumer.run({
    partitionsConsumedConcurrently: concurrency,
    eachMessage: async ({ message }) => {
      const credit = JSON.parse(message.value?.toString() ?? '') as Credit;
      const id = String(message.headers?.['ce_id']);
      await dataSource.transaction((manager) => handle(manager, id, credit));
    },
  });
  return async () => {
    await consumer.disconnect();
    await dataSource.destroy();
  };
}
