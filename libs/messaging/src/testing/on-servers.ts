import { defineConfig, loadConfig } from '@dozen/config';
import { createDataSource, databaseSection, runMigrations, UnitsOfWork } from '@dozen/database';
import { newId, systemClock, type TopicDeclaration } from '@dozen/kernel';
import { eventually } from '@dozen/kernel/testing';
import { ProgressWatch } from '@dozen/shutdown';
import { createLogger } from '@dozen/telemetry';
import type { ModuleMetadata, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { DataSource, MigrationInterface } from 'typeorm';
import { KafkaJsBroker } from '../broker/kafkajs/kafkajs-broker.js';
import { kafkaSection } from '../config.js';
import { maintainInboxPartitions } from '../inbox/retention.js';
import { messagingMigrations } from '../migrations/index.js';
import { KafkaInboxServer } from '../nest/kafka-inbox-server.js';
import { OutboxWriter } from '../outbox/writer.js';
import type { ConsumerUnderTest, Outcome } from './consumer.js';
import { moduleOf } from './module.js';
import { placeIn } from './place.js';

export interface OnServersOptions {
  /** `postgres://…` of a database of the test's own: empty, or with the same migrations. */
  readonly databaseUrl: string;
  /** `kafka://…`. With `?topic-prefix=…` no other test sees its topics. */
  readonly kafkaUrl: string;
  /** Every topic that the handlers read. Created where they are missing. */
  readonly topics: readonly TopicDeclaration[];
  /** The tables that the handlers use; those of messaging come along. */
  readonly migrations?: readonly Type<MigrationInterface>[];
  readonly entities?: readonly Type[];
  /** The Nest module with the handlers. */
  readonly module: (given: { readonly dataSource: DataSource; readonly units: UnitsOfWork }) => ModuleMetadata;
}

export interface ConsumerOnServers extends ConsumerUnderTest {
  readonly dataSource: DataSource;
  readonly units: UnitsOfWork;
}

const SEND_WITHIN_MS = 10_000;

/**
 * The handlers of a Nest module, run by an inbox on a real PostgreSQL and a real Kafka. `handle` sends the record and resolves
 * when the consumer is past it. What handlers publish stays in the outbox: nothing relays it. The outcome of a record that
 * meets an outage does not come; `handle` rejects after 15 s.
 */
export async function consumerOnServers(options: OnServersOptions): Promise<ConsumerOnServers> {
  const env = { DATABASE_URL: options.databaseUrl, KAFKA_URL: options.kafkaUrl };
  const config = loadConfig(defineConfig({ service: 'test', sections: [databaseSection, kafkaSection] }), env);
  const logger = createLogger({ service: 'test', release: 'test', level: 'fatal' });
  const migrations = [...messagingMigrations, ...(options.migrations ?? [])];
  const dataSource = createDataSource({ config, service: 'test', entities: [...(options.entities ?? [])], migrations });
  await dataSource.initialize();
  await runMigrations(dataSource);
  await maintainInboxPartitions(dataSource, new Date());

  const broker = new KafkaJsBroker({ url: config.KAFKA_URL, clientId: 'test', logger });
  await broker.ensureTopics(options.topics);
  const consumer = `test-${newId()}`;
  const outbox = new OutboxWriter({ source: '/test', wake: () => undefined });
  const units = new UnitsOfWork({ dataSource, outbox });
  const inbox = new KafkaInboxServer({
    ...{ consumer, broker, dataSource, outbox, logger },
    clock: systemClock,
    progress: new ProgressWatch(),
    retryDelaysMs: [],
    onFatal: (error) => {
      throw error;
    },
  });
  const app = await NestFactory.createMicroservice(moduleOf(options.module({ dataSource, units })), {
    strategy: inbox,
    logger: false,
  });
  await app.listen();
  await eventually(() => {
    const check = inbox.check();
    if (!check.ok) throw new Error(check.reason);
  });
  const producer = await broker.producer({ timeoutMs: SEND_WITHIN_MS });
  const topics = options.topics.map(({ name }) => name);

  return {
    dataSource,
    units,
    async handle(record): Promise<Outcome> {
      const before = await placeIn(dataSource, { consumer, id: record.headers['ce_id'] });
      await producer.send([record], { timeoutMs: SEND_WITHIN_MS });
      await eventually(async () => {
        const ranges = await broker.ranges(consumer, topics);
        const behind = ranges.filter(({ committed, low, high }) => high !== low && committed !== high);
        if (behind.length > 0) throw new Error(`the consumer is not past ${behind[0]?.topic}`);
      });
      return before.outcomeSince();
    },
    async close(): Promise<void> {
      await inbox.close();
      await app.close();
      await producer.close();
      await broker.close();
      await dataSource.destroy();
    },
  };
}
