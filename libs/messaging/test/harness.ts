import { createDataSource, runMigrations, UnitsOfWork } from '@dozen/database';
import { type MessageContract, newId, systemClock, type TopicDeclaration } from '@dozen/kernel';
import { ProgressWatch } from '@dozen/shutdown';
import { createLogger } from '@dozen/telemetry';
import { createTestDatabase, testKafkaUrl } from '@dozen/testing';
import { z } from 'zod';
import {
  HandlerRegistry,
  InboxConsumer,
  type InboxConsumerOptions,
  KafkaJsBroker,
  maintainInboxPartitions,
  type MessageHandler,
  messagingMigrations,
  OutboxWriter,
  Relay,
} from '../src/index.js';

const note = z.object({ key: z.string(), n: z.number(), say: z.string().optional() });
export type Note = z.output<typeof note>;

/** A message type on a topic of its own, so that test files do not meet. */
export function contractOn(topic: TopicDeclaration, name: string): MessageContract<Note> {
  const type = `dozen.${name}.v1`;
  return { name, version: 1, type, kind: topic.kind, topic, schema: note, key: (payload) => payload.key };
}

export function topicNamed(suffix: string, kind: 'event' | 'command' = 'event', partitions = 2): TopicDeclaration {
  return { name: `${suffix}.${newId()}`, kind, partitions, retentionMs: 3_600_000, cleanup: 'delete' };
}

/** One service's worth of messaging on real backing services: database, outbox, relay, and consumers on demand. */
export async function messagingHarness(topics: readonly TopicDeclaration[], kafkaUrl = testKafkaUrl()) {
  const logger = createLogger({
    service: 'test',
    release: 'test',
    level: process.env['LOG_LEVEL'] === 'debug' ? 'debug' : 'fatal',
  });
  const database = await createTestDatabase();
  const config = {
    DATABASE_URL: database.url,
    DATABASE_POOL_MAX: 10,
    DATABASE_POOL_IDLE_MS: 1000,
    DATABASE_POOL_LIFETIME_S: 60,
    DATABASE_CONNECT_TIMEOUT_MS: 2000,
  };
  const dataSource = createDataSource({
    config,
    service: 'test',
    entities: [],
    migrations: messagingMigrations,
    onPoolError: () => undefined,
  });
  await dataSource.initialize();
  await runMigrations(dataSource);
  await maintainInboxPartitions(dataSource, new Date());
  await dataSource.query('CREATE TABLE effects (id bigserial PRIMARY KEY, key text, n int, consumer text)');
  const broker = new KafkaJsBroker({ url: kafkaUrl, clientId: 'test', logger });
  await broker.ensureTopics(topics);
  const relay = new Relay({ broker, dataSource, logger });
  const outbox = new OutboxWriter({ source: '/test', wake: (shards) => relay.wake(shards) });
  const units = new UnitsOfWork({ dataSource, outbox });
  const stops: (() => Promise<void>)[] = [];
  const relays: Relay[] = [];

  return {
    config,
    databaseUrl: database.url,
    dataSource,
    broker,
    relay,
    units,
    async effects(consumer: string): Promise<{ key: string; n: number }[]> {
      return dataSource.query('SELECT key, n FROM effects WHERE consumer = $1 ORDER BY id', [consumer]);
    },
    /** Without pauses given, a message that fails is not tried again. */
    consume(
      consumer: string,
      handlers: readonly MessageHandler<Note>[],
      options: Partial<InboxConsumerOptions> = {},
    ): InboxConsumer {
      const registry = new HandlerRegistry();
      for (const handler of handlers) registry.add(handler as MessageHandler);
      const inbox = new InboxConsumer({
        consumer,
        broker,
        dataSource,
        outbox,
        handlers: registry,
        clock: systemClock,
        logger,
        progress: new ProgressWatch(),
        retryDelaysMs: [],
        onFatal: (error) => {
          throw error;
        },
        ...options,
      });
      inbox.start();
      stops.push(() => inbox.stop());
      return inbox;
    },
    /** A relay beside the harness's own, which runs only where a test starts it. */
    startRelay(options: Partial<ConstructorParameters<typeof Relay>[0]> = {}): Relay {
      const started = new Relay({ broker, dataSource, logger, ...options });
      started.start();
      relays.push(started);
      return started;
    },
    async stopRelays(): Promise<void> {
      await Promise.all(relays.splice(0).map((one) => one.stop()));
    },
    async outboxSize(): Promise<number> {
      const [row]: { count: number }[] = await dataSource.query('SELECT count(*)::int AS count FROM messaging.outbox');
      return row?.count ?? -1;
    },
    async stopConsumers(): Promise<void> {
      for (const stop of stops.splice(0)) await stop();
    },
    async close(): Promise<void> {
      await this.stopConsumers();
      await relay.stop();
      await broker.close();
      await dataSource.destroy();
      await database.drop();
    },
  };
}

/** A handler that writes one row, and fails or waits where the test says so. */
export function writing(
  contract: MessageContract<Note>,
  consumer: string,
  before: (note: Note) => Promise<void> | void = () => undefined,
): MessageHandler<Note> {
  return {
    contract,
    async handle(payload, unit) {
      await unit.manager.query('INSERT INTO effects (key, n, consumer) VALUES ($1, $2, $3)', [
        payload.key,
        payload.n,
        consumer,
      ]);
      await before(payload);
    },
  };
}
