import type { Logger } from '@dozen/telemetry';
import { databaseError } from '../errors.js';
import type { DatabaseConfig } from '../data-source.js';
import type { UnitOfWork } from '../unit/unit-of-work.js';
import type { UnitsOfWork } from '../unit/units-of-work.js';
import { JobProducer, type EnqueueOptions } from './producer.js';
import { jobsPolicy } from './policy.js';
import type { JobHandler, JobQueue } from './queue.js';
import { JobWorker } from './worker.js';

export interface JobsOptions {
  readonly config: DatabaseConfig;
  /** Shown by pg_stat_activity as `<service>-jobs`. */
  readonly service: string;
  readonly logger: Logger;
}

/** Durable work for later: added with the unit that wants it, performed by any process that serves its queue. */
export class Jobs {
  readonly #options: JobsOptions;
  readonly #producer = new JobProducer();
  #worker: JobWorker | undefined;

  constructor(options: JobsOptions) {
    this.#options = options;
  }

  /**
   * Adds a job in the unit's transaction: there if the unit commits, never there if it does not. Needs no `start`.
   * @throws JOB-SCHEMA with every mistake; a plain error when `installJobs` has not created the queue.
   */
  async enqueue<T>(unit: UnitOfWork, queue: JobQueue<T>, data: T, options: EnqueueOptions = {}): Promise<void> {
    await this.#producer.enqueue(unit, { queue, data, options });
  }

  /** Serves the handlers' queues until `stop`. @throws JOB-STATE when started already; pg-boss' own before `migrate`. */
  async start(handlers: readonly JobHandler[], units: UnitsOfWork): Promise<void> {
    if (this.#worker !== undefined) throw databaseError('JOB-STATE', 'jobs are started already');
    const worker = new JobWorker({ ...this.#options, units });
    this.#worker = worker;
    try {
      await worker.start(handlers);
    } catch (error) {
      this.#worker = undefined;
      await worker.stop(0);
      throw error;
    }
  }

  /** Takes no more jobs and waits for those in hand; after `timeoutMs` they are given back and retried elsewhere. */
  async stop(timeoutMs: number = jobsPolicy.stopTimeoutMs): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.stop(timeoutMs);
  }
}
