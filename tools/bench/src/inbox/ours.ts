import { randomUUID } from 'node:crypto';
import { systemClock } from '@dozen/kernel';
import { HandlerRegistry, InboxConsumer, KafkaJsBroker, type MessageHandler, OutboxWriter } from '@dozen/messaging';
import { ProgressWatch } from '@dozen/shutdown';
import type { ConsumerInput } from './consumer-input.js';
import { openDataSource, quietLogger } from '../sandbox.js';
import { Account } from './account.js';
import type { Credit } from './credit.js';
import { booking, updatingAll } from './handlers.js';

const POOL = 20;

type Input = Pick<ConsumerInput, 'databaseUrl' | 'kafkaUrl'>;

/** The inbox with one handler, as a service has it. */
export async function startInbox(
  { databaseUrl, kafkaUrl }: Input,
  handler: MessageHandler<Credit>,
): Promise<{ inbox: InboxConsumer; close: () => Promise<void> }> {
  const logger = quietLogger();
  const dataSource = openDataSource(databaseUrl, POOL, [Account]);
  await dataSource.initialize();
  const broker = new KafkaJsBroker({ url: kafkaUrl, clientId: 'bench-inbox', logger });
  const handlers = new HandlerRegistry();
  handlers.add(handler as MessageHandler);
  const inbox = new InboxConsumer({
    consumer: `bench-${randomUUID()}`,
    broker,
    dataSource,
    outbox: new OutboxWriter({ source: '/dozen/bench', wake: () => undefined }),
    handlers,
    clock: systemClock,
    logger,
    progress: new ProgressWatch(),
    onFatal: (error) => {
      throw error;
    },
  });
  inbox.start();
  const close = async (): Promise<void> => {
    await inbox.stop();
    await broker.close();
    await dataSource.destroy();
  };
  return { inbox, close };
}

export async function ours(input: ConsumerInput): Promise<() => Promise<void>> {
  return (await startInbox(input, booking(input.topic))).close;
}

export async function oursSetBased(input: ConsumerInput): Promise<() => Promise<void>> {
  return (await startInbox(input, updatingAll(input.topic))).close;
}
