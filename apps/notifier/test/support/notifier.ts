import { loadConfig } from '@dozen/config';
import { createDataSource, directUrl, installJobs, runMigrations, UnitsOfWork } from '@dozen/database';
import { newId } from '@dozen/kernel';
import { KafkaJsBroker, maintainInboxPartitions, type OutgoingRecord } from '@dozen/messaging';
import { startService } from '@dozen/service';
import { createLogger } from '@dozen/telemetry';
import { createTestDatabase, testKafkaUrl } from '@dozen/testing';
import { DataSource } from 'typeorm';
import { notifierConfig, notifierService } from '../../src/index.js';
import { startMailServer } from './mail-server.js';

/** A notifier of the test's own: database, consumer group, mail server. Its outbox is read, never relayed. */
export async function startNotifier() {
  const mailServer = await startMailServer();
  const database = await createTestDatabase();
  const definition = {
    ...notifierService,
    // Other test files consume the same topics: a name of one's own is a consumer group of one's own.
    name: `notifier-${newId()}`,
    // The attempts of a day within seconds.
    jobs: notifierService.jobs.map((job) => {
      const { retryDelayMaxS: _none, ...queue } = job;
      return { ...queue, retryDelayS: 1, retryBackoff: false, retryLimit: Math.min(queue.retryLimit, 3) };
    }),
  };
  const config = loadConfig(notifierConfig, {
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    PORT: '0',
    PROCESS_TYPES: 'consumer,jobs',
    DATABASE_URL: database.url,
    KAFKA_URL: testKafkaUrl(),
    SMTP_URL: mailServer.url,
    MAIL_FROM: 'Dozen <orders@dozen.example>',
    HTTP_DRAIN_GRACE_MS: '0',
  });
  const logs: string[] = [];
  const destination = { write: (line: string) => void logs.push(line) };
  const logger = createLogger({ service: 'notifier', release: 'test', level: 'debug', destination });

  const broker = new KafkaJsBroker({ url: config.KAFKA_URL, clientId: 'test', logger });
  await broker.ensureTopics(definition.topics);
  const schema = createDataSource({
    config,
    service: 'migrate',
    entities: definition.entities,
    migrations: [...definition.migrations],
  });
  await schema.initialize();
  await runMigrations(schema);
  await maintainInboxPartitions(schema, new Date());
  await installJobs(directUrl(config), definition.jobs);
  await schema.destroy();

  const running = await startService(definition, { config, logger, exit: () => undefined });
  await running.ready();

  return {
    mailServer,
    logs,
    app: running.app,
    dataSource: running.app.get(DataSource),
    units: running.app.get(UnitsOfWork),
    /** Each in a send of its own, so that they arrive in this order. */
    async publish(...records: OutgoingRecord[]): Promise<void> {
      const producer = await broker.producer({ timeoutMs: 10_000 });
      for (const one of records) await producer.send([one], { timeoutMs: 10_000 });
      await producer.close();
    },
    async stop(): Promise<void> {
      await running.stop();
      await broker.close();
      await mailServer.stop();
      await database.drop();
    },
  };
}

export type TestNotifier = Awaited<ReturnType<typeof startNotifier>>;
