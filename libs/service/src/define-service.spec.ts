import { baseSection, defineConfig } from '@dozen/config';
import { databaseSection, defineJob, type JobHandler } from '@dozen/database';
import { httpSection } from '@dozen/http';
import type { TopicDeclaration } from '@dozen/kernel';
import { kafkaSection, messagingMigrations } from '@dozen/messaging';
import { type INestApplicationContext, Injectable, Module } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { z } from 'zod';
import { defineService, type ServiceConfig } from './define-service.js';
import { JobWorker } from './job-worker.js';
import { jobHandlers } from './run/job-handlers.js';

const config = defineConfig({
  service: 'thing',
  sections: [baseSection, httpSection, databaseSection, kafkaSection],
});
const topic: TopicDeclaration = { name: 't', kind: 'event', partitions: 1, retentionMs: 1, cleanup: 'delete' };

@Module({})
class ThingModule {}

class ThingTables {
  async up(): Promise<void> {}
  async down(): Promise<void> {}
}

describe('a service definition', () => {
  const base = { name: 'thing', config, entities: [], migrations: [ThingTables] };

  it('brings the messaging tables along, once', () => {
    const { migrations } = defineService({
      ...base,
      module: ThingModule,
      migrations: [...messagingMigrations, ThingTables],
    });
    expect(migrations).toEqual([...messagingMigrations, ThingTables]);
    expect(defineService({ ...base, module: ThingModule }).migrations).toEqual(migrations);
  });

  it('makes sure of the topics that it reads, beside those that it names', () => {
    const other = { ...topic, name: 'other' };
    const { topics } = defineService({ ...base, module: ThingModule, topics: [other, topic], consumes: [topic] });
    expect(topics).toEqual([other, topic]);
  });

  it('takes its root module as a class or as a function of the config', () => {
    const values = { PORT: 1234 } as ServiceConfig;
    expect(defineService({ ...base, module: ThingModule }).rootModule(values)).toBe(ThingModule);
    const dynamic = defineService({
      ...base,
      module: ({ PORT }) => ({ module: ThingModule, providers: [{ provide: 'port', useValue: PORT }] }),
    });
    expect(dynamic.rootModule(values)).toMatchObject({ providers: [{ useValue: 1234 }] });
  });
});

describe('job workers', () => {
  const queue = defineJob({
    name: 'send',
    schema: z.string(),
    retryLimit: 0,
    retryDelayS: 1,
    retryBackoff: false,
    expireInSeconds: 1,
    concurrency: 1,
  });

  class Sender {
    readonly queue = queue;
    perform = () => Promise.reject(new Error('never called'));
  }
  @JobWorker()
  class Worker extends Sender implements JobHandler<string> {}
  @Injectable()
  class Unmarked extends Sender {}
  @Module({ imports: [DiscoveryModule], providers: [Worker, Unmarked] })
  class WorkersModule {}

  let app: INestApplicationContext;
  beforeAll(async () => {
    app = await NestFactory.createApplicationContext(WorkersModule, { logger: false });
  });
  afterAll(() => app.close());

  it('are the providers that are marked, and only they', () => {
    expect(jobHandlers(app, [queue])).toEqual([app.get(Worker)]);
  });

  it('may serve no queue that migrate would not create', () => {
    expect(() => jobHandlers(app, [])).toThrow(
      expect.objectContaining({ code: 'SERVICE-JOB-UNDECLARED', message: expect.stringContaining('send') as string }),
    );
  });
});
