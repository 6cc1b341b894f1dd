import { baseSection, defineConfig } from '@dozen/config';
import {
  databaseSection,
  defineJob,
  type JobHandler,
  type JobRun,
  Jobs,
  type Settle,
  UnitOfWork,
  UnitsOfWork,
} from '@dozen/database';
import { httpSection, Public } from '@dozen/http';
import { DozenError, type MessageContract, newId, type TopicDeclaration } from '@dozen/kernel';
import { Handles, kafkaSection } from '@dozen/messaging';
import { Body, Controller, Get, Module, Param, Post } from '@nestjs/common';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { z } from 'zod';
import { defineService, JobWorker } from '../src/index.js';

const ping = z.object({ id: z.string(), text: z.string() });
type Ping = z.output<typeof ping>;

const config = defineConfig({
  service: 'pings',
  sections: [baseSection, httpSection, databaseSection, kafkaSection],
});

class Pings1767225600001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE steps (id text, step text, at timestamptz NOT NULL DEFAULT clock_timestamp())');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE steps');
  }
}

/**
 * A small whole service: a request publishes, its handler enqueues, its job writes. Names are new for each call. The
 * handler refuses "poison", the job "stubborn" at its first attempt.
 */
export function pingService() {
  const run = newId();
  const topic: TopicDeclaration = {
    name: `pings.${run}`,
    kind: 'event',
    partitions: 2,
    retentionMs: 3_600_000,
    cleanup: 'delete',
  };
  const Pinged: MessageContract<Ping> = {
    name: 'Pinged',
    version: 1,
    type: 'dozen.Pinged.v1',
    kind: 'event',
    topic,
    schema: ping,
    key: ({ id }) => id,
  };
  const echo = defineJob({
    name: 'echo',
    schema: ping,
    retryLimit: 0,
    retryDelayS: 1,
    retryBackoff: false,
    expireInSeconds: 10,
    concurrency: 1,
  });

  @Controller()
  class PingController {
    constructor(
      private readonly units: UnitsOfWork,
      private readonly jobs: Jobs,
      private readonly dataSource: DataSource,
    ) {}

    @Public()
    @Post('pings')
    async ping(@Body({ schema: ping }) body: Ping): Promise<Ping> {
      await this.units.run(async (unit) => {
        await step(unit, body.id, 'requested');
        unit.publish(Pinged, body);
      });
      return body;
    }

    @Public()
    @Get('pings/:id')
    async steps(@Param('id') id: string): Promise<string[]> {
      const rows = await this.dataSource.query<{ step: string }[]>('SELECT step FROM steps WHERE id = $1 ORDER BY at', [
        id,
      ]);
      return rows.map((row) => row.step);
    }

    @Handles(Pinged)
    async pinged(event: Ping, unit: UnitOfWork): Promise<void> {
      if (event.text === 'poison') throw new DozenError('PNG-POISON', 'cannot be handled', { permanent: true });
      // Past every deadline, deaf to its signal.
      if (event.text === 'hang') await new Promise(() => undefined);
      await step(unit, event.id, 'handled');
      await this.jobs.enqueue(unit, echo, event);
    }
  }

  @JobWorker()
  class EchoWorker implements JobHandler<Ping> {
    readonly queue = echo;

    perform(job: JobRun<Ping>): Promise<Settle> {
      if (job.data.text === 'stubborn' && job.attempt === 1) throw new Error('not at once');
      return Promise.resolve((unit) => step(unit, job.data.id, 'echoed'));
    }
  }

  @Module({ controllers: [PingController], providers: [EchoWorker] })
  class PingModule {}

  return defineService({
    name: `pings-${run}`,
    config,
    module: PingModule,
    entities: [],
    migrations: [Pings1767225600001],
    consumes: [topic],
    jobs: [echo],
    seed: async ({ units }) => {
      await units.run((unit) => step(unit, 'seed', 'seeded'));
      return 'one ping';
    },
  });
}

async function step(unit: UnitOfWork, id: string, name: string): Promise<void> {
  await unit.manager.query('INSERT INTO steps (id, step) VALUES ($1, $2)', [id, name]);
}
