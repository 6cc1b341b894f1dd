import { AsyncLocalStorage } from 'node:async_hooks';
import { newId } from '@dozen/kernel';
import { PgBoss } from 'pg-boss';
import type { EntityManager } from 'typeorm';
import { validate } from '../schema.js';
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

/**
 * Adds jobs through the unit's own connection and no other: pg-boss reads a queue's row before the first job, and
 * taking a second connection for that could starve a pool whose connections all belong to units that wait for one.
 */
export class JobProducer {
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

  /** @throws JOB-SCHEMA. @returns false when a job with the same `singletonKey` is queued or active. */
  async enqueue<T>(unit: UnitOfWork, job: { queue: JobQueue<T>; data: T; options: EnqueueOptions }): Promise<boolean> {
    const { queue, options } = job;
    const data = validate(queue.schema, job.data, 'JOB-SCHEMA', queue.name);
    // The queues are 'exclusive' by key, so a job without one gets one of its own.
    const singletonKey = options.singletonKey ?? newId();
    const startAfter = options.startAfterSeconds;
    const id = await this.#manager.run(unit.manager, () =>
      this.#boss.send(queue.name, sealJob(unit.trace, data), {
        db: bossDb(unit.manager),
        singletonKey,
        ...(startAfter === undefined ? {} : { startAfter }),
      }),
    );
    return id !== null;
  }
}
