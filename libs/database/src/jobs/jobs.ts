import type { Logger } from '@dozen/telemetry';
import { databaseError } from '../errors.js';
import type { DatabaseConfig } from '../data-source.js';
import type { ChangeNotifications } from '../change-notifications.js';
import type { UnitOfWork } from '../unit/unit-of-work.js';
import type { UnitsOfWork } from '../unit/units-of-work.js';
import type { EnqueueOptions, JobProducer } from './producer.js';
import { jobsPolicy } from './policy.js';
import type { JobHandler, JobQueue } from './queue.js';
import type { JobWorker } from './worker.js';

export interface JobsOptions {
  readonly config: DatabaseConfig;
  /** Shown by pg_stat_activity as `<service>-jobs`. */
  readonly service: string;
  readonly logger: Logger;
  /** Through this it hears of jobs that other processes add. Whoever made it starts and stops it. */
  readonly notifications: ChangeNotifications;
}

/**
 * Durable work for later: added with the unit that wants it, performed by any process that serves its queue. pg-boss is
 * loaded when it is needed: a service without jobs starts sooner and holds less.
 */
export class Jobs {
  readonly #options: JobsOptions;
  #producer: Promise<JobProducer> | undefined;
  #worker: Promise<JobWorker> | undefined;

  constructor(options: JobsOptions) {
    this.#options = options;
  }

  /**
   * Adds a job in the unit's transaction: there if the unit commits, never there if it does not. Needs no `start`.
   * @throws JOB-SCHEMA with every mistake. When `installJobs` has not created the queue, the unit cannot commit.
   */
  async enqueue<T>(unit: UnitOfWork, queue: JobQueue<T>, data: T, options: EnqueueOptions = {}): Promise<void> {
    this.#producer ??= this.#loadProducer();
    (await this.#producer).enqueue(unit, { queue, data, options });
  }

  /**
   * Serves the handlers' queues until `stop`. After a start that failed, another is a first one.
   * @throws JOB-STATE when started already, or stopped meanwhile; pg-boss' own before `migrate`.
   */
  async start(handlers: readonly JobHandler[], units: UnitsOfWork): Promise<void> {
    if (this.#worker !== undefined) throw databaseError('JOB-STATE', 'jobs are started already');
    const making = import('./worker.js').then(({ JobWorker }) => new JobWorker({ ...this.#options, units }));
    this.#worker = making;
    try {
      const worker = await making;
      await worker.start(handlers);
    } catch (error) {
      if (this.#worker === making) await this.stop(0);
      throw error;
    }
  }

  /** Takes no more jobs and waits for those in flight; after `timeoutMs` they are given back and performed elsewhere. */
  async stop(timeoutMs: number = jobsPolicy.stopTimeoutMs): Promise<void> {
    const making = this.#worker;
    this.#worker = undefined;
    // A worker that could not be made has nothing to stop, and whoever started it has the error.
    const worker = await making?.catch(() => undefined);
    await worker?.stop(timeoutMs);
  }

  /** A failure is not kept: what could not be loaded once (too many open files) may be the next time. */
  async #loadProducer(): Promise<JobProducer> {
    try {
      const { JobProducer } = await import('./producer.js');
      return new JobProducer();
    } catch (error) {
      this.#producer = undefined;
      throw error;
    }
  }
}
