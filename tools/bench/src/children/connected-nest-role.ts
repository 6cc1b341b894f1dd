import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { plainKafka } from '../kafka.js';
import { playRole } from './role.js';

export interface ConnectedInput {
  readonly databaseUrl: string;
  readonly kafkaUrl: string;
  readonly topic: string;
  /** How long it is there before it says what it holds. */
  readonly idleMs: number;
}

@Module({})
class EmptyModule {}

/** Nest on Fastify with a TypeORM connection, a kafkajs producer and a consumer of an empty topic, and not a line of its own. */
await playRole<ConnectedInput>(async ({ databaseUrl, kafkaUrl, topic, idleMs }, cue) => {
  const app = await NestFactory.create(EmptyModule, new FastifyAdapter(), { logger: false });
  const dataSource = await new DataSource({ type: 'postgres', url: databaseUrl }).initialize();
  const kafka = plainKafka(kafkaUrl);
  const [producer, consumer] = [kafka.producer(), kafka.consumer({ groupId: `connected-${topic}` })];
  await Promise.all([producer.connect(), consumer.connect()]);
  await consumer.subscribe({ topics: [topic] });
  await consumer.run({ eachMessage: () => Promise.resolve() });
  await app.listen(0, '127.0.0.1');
  cue.ready();
  await sleep(idleMs);
  const { rss } = process.memoryUsage();
  await Promise.all([producer.disconnect(), consumer.disconnect(), dataSource.destroy(), app.close()]);
  return rss;
});
