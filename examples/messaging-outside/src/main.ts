import 'reflect-metadata';
import { defineConfig, defineSection, envInt, loadConfigOrExit } from '@dozen/config';
import { createDataSource, databaseSection, runMigrations, UnitsOfWork } from '@dozen/database';
import { systemClock } from '@dozen/kernel';
import {
  KafkaInboxServer,
  KafkaJsBroker,
  kafkaSection,
  maintainInboxPartitions,
  messagingMigrations,
  OutboxWriter,
  Relay,
} from '@dozen/messaging';
import { Health, Lifecycle, ProgressWatch } from '@dozen/shutdown';
import { createLogger, NestLogger } from '@dozen/telemetry';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { parcelEvents } from './contract.js';
import { CreateParcels1767225600000, ParcelsController } from './parcels.controller.js';

const http = defineSection('HTTP', {
  PORT: envInt({ max: 65535 }).default(3000).meta({ description: 'Port of HTTP' }),
});
const sections = [http, databaseSection, kafkaSection] as const;
const config = loadConfigOrExit(defineConfig({ service: 'parcels', sections }), process.env);
const logger = createLogger({ service: 'parcels', release: '1', level: 'info' });
const migrations = [...messagingMigrations, CreateParcels1767225600000];
const dataSource = createDataSource({ config, service: 'parcels', entities: [], migrations });
const broker = new KafkaJsBroker({ url: config.KAFKA_URL, clientId: 'parcels', logger });
await dataSource.initialize();

if (process.argv[2] === 'migrate') {
  await broker.ensureTopics([parcelEvents]);
  await runMigrations(dataSource);
  await maintainInboxPartitions(dataSource, new Date());
  await broker.close();
  await dataSource.destroy();
} else {
  await run();
}

async function run(): Promise<void> {
  const lifecycle = new Lifecycle({ deadlineMs: 30_000, logger });
  lifecycle.handleSignals();
  const health = new Health({ lifecycle });
  const progress = new ProgressWatch();
  const relay = new Relay({ broker, dataSource, logger });
  const outbox = new OutboxWriter({ source: '/parcels', wake: (shards) => relay.wake(shards) });
  const units = new UnitsOfWork({ dataSource, outbox });
  const onFatal = (error: unknown): void => {
    logger.fatal({ err: error }, 'the consumer cannot go on');
    void lifecycle.drain('the consumer cannot go on', 1);
  };
  const clock = systemClock;
  const inbox = new KafkaInboxServer({
    consumer: 'parcels',
    broker,
    dataSource,
    outbox,
    clock,
    logger,
    progress,
    onFatal,
  });

  @Module({
    controllers: [ParcelsController],
    providers: [
      { provide: DataSource, useValue: dataSource },
      { provide: UnitsOfWork, useValue: units },
    ],
  })
  class ParcelsModule {}

  const server = new FastifyAdapter();
  const nestLogger = new NestLogger(logger);
  const app = await NestFactory.create<NestFastifyApplication>(ParcelsModule, server, { logger: nestLogger });
  app.connectMicroservice({ strategy: inbox });

  health.addReadiness('database', () => dataSource.query('SELECT 1').then(() => ({ ok: true })));
  health.addReadiness('consumer', () => inbox.check());
  // Waiting for PostgreSQL is no reason to restart.
  health.addLiveness('progress', () => progress.check(), { whileReady: ['database'] });
  for (const [path, kind] of Object.entries({ '/readyz': 'ready', '/livez': 'live' } as const)) {
    server.getInstance().get(path, async (_request, reply) => {
      const report = await health.report(kind);
      return reply.code(report.ok ? 200 : 503).send(report);
    });
  }

  lifecycle.onDrain('http', 'server', () => server.close());
  lifecycle.onDrain('consumers', 'inbox', () => inbox.close());
  lifecycle.onDrain('work', 'relay', () => relay.stop());
  lifecycle.onDrain('pools', 'nest, broker, database', async () => {
    await app.close();
    await broker.close();
    await dataSource.destroy();
  });

  await app.startAllMicroservices();
  relay.start();
  await app.listen(config.PORT, '127.0.0.1');
  health.started();
  logger.info({ url: await app.getUrl() }, 'listening');
}
