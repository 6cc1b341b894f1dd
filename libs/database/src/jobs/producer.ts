import { AsyncLocalStorage } from 'node:async_hooks';
import { newId } from '@dozen/kernel';
import { type JobInsert, PgBoss } from 'pg-boss';
import type { EntityManager } from 'typeorm';
import { validate } from '../schema.js';
import type { BatchWriter } from '../unit/batch-writer.js';
import type { UnitOfWork } from '../unit/unit-of-work.js';
import { bossDb } from './boss-db.js';
import { sealJob } from './envelope.js';
import { bossTelemetry, JOBS_SCHEMA } from './policy.js';
import type { JobQueue } from './queue.js';

export interface EnqueueOptions {
  /** While a job of this queue with this key is queued or active, another is not added. */
  readonly singletonKey?: string;
  /** Not performed before this many seconds have passed. */
  readonly startAfterSeconds?: number;
}

interface NewJob {
  readonly queue: string;
  readonly job: JobInsert;
}

/**
 * Adds jobs through the unit's own connection and no other: pg-boss reads a queue's row before the first job, and taking a
 * second connection for that could starve a pool whose connections all belong to units that wait for one. The jobs that a
 * transaction adds to one queue go in one statement.
 */
export class JobProducer implements BatchWriter<NewJob> {
  readonly #manager = new AsyncLocalStorage<EntityManager>();
  /** Never started: sending needs no timers and no pool. */
  readonly #boss = new PgBoss({
    schema: JOBS_SCHEMA,
    openTelemetry: bossTelemetry,
    migrate: false,
    registerInstance: false,
    db: {
      executeSql: (text, values) => {
        const manager = this.#manager.getStore();
        if (manager === undefined) throw new TypeError('jobs are added inside a unit of work');
        return bossDb(manager).executeSql(text, values);
      },
    },
  });

  /** Added with the unit. @throws JOB-SCHEMA. */
  enqueue<T>(
    unit: UnitOfWork,
    { queue, data, options }: { queue: JobQueue<T>; data: T; options: EnqueueOptions },
  ): void {
    const valid = validate(queue.schema, data, 'JOB-SCHEMA', queue.name);
    const job = {
      data: sealJob(unit.trace, valid),
      // The queues are 'exclusive' by key, so a job without one gets one of its own.
      singletonKey: options.singletonKey ?? newId(),
      ...(options.startAfterSeconds === undefined ? {} : { startAfter: options.startAfterSeconds }),
    };
    unit.bufferWrite(this, { queue: queue.name, job });
  }

  async write(manager: EntityManager, jobs: readonly NewJob[]): Promise<void> {
    await this.#manager.run(manager, async () => {
      for (const [queue, of] of Map.groupBy(jobs, (one) => one.queue)) {
        const added = of.map(({ job }) => job);
        await this.#boss.insert(queue, added, { db: bossDb(manager) });
      }
    });
  }
}
