import { DozenError, messageOf } from '@dozen/kernel';
import { runWithTrace, type Logger } from '@dozen/telemetry';
import { PgBoss, type JobWithMetadata } from 'pg-boss';
import { databaseError } from '../errors.js';
import { clientKeepAlive, directUrl, lastWords, sessionOptions, type DatabaseConfig } from '../data-source.js';
import { withoutClient } from '../pool-error.js';
import { validate } from '../schema.js';
import { isInfrastructureError } from '../sqlstate.js';
import type { UnitsOfWork } from '../unit/units-of-work.js';
import { bossDb } from './boss-db.js';
import { openJob } from './envelope.js';
import { JOBS_SCHEMA, jobsPolicy } from './policy.js';
import type { JobHandler, Settle } from './queue.js';
import { pause } from './pause.js';

export interface JobWorkerOptions {
  readonly config: DatabaseConfig;
  readonly service: string;
  readonly logger: Logger;
  readonly units: UnitsOfWork;
}

/**
 * An attempt, and what a crash does at each step:
 * 1. pg-boss marks the job active and beats its heart. Crash → no beat for 10 s → the next attempt, elsewhere.
 * 2. `perform`, the remote call. Crash → as above; the far side sees the same idempotency key again.
 * 3. one transaction: complete the job *if it is still this attempt's*, then `settle`. Crash → all of it or nothing.
 * A worker that lost its job in between (frozen, expired) completes nothing in step 3 and so settles nothing.
 */
export class JobWorker {
  readonly #boss: PgBoss;
  readonly #units: UnitsOfWork;
  readonly #logger: Logger;

  constructor(options: JobWorkerOptions) {
    this.#units = options.units;
    this.#logger = options.logger;
    this.#boss = new PgBoss({
      connectionString: directUrl(options.config),
      application_name: `${options.service}-jobs`,
      connectionTimeoutMillis: options.config.DATABASE_CONNECT_TIMEOUT_MS,
      options: sessionOptions,
      ...clientKeepAlive,
      ...lastWords,
      max: jobsPolicy.poolMax,
      schema: JOBS_SCHEMA,
      migrate: false,
      createSchema: false,
      registerInstance: false,
      schedule: false,
      supervise: true,
      superviseIntervalSeconds: jobsPolicy.superviseIntervalSeconds,
      monitorIntervalSeconds: jobsPolicy.monitorIntervalSeconds,
      useListenNotify: true,
    });
    // Without a listener an 'error' event would end the process; pg-boss goes on by itself.
    this.#boss.on('error', (error) =>
      this.#logger.warn({ err: withoutClient(error) }, 'jobs: pg-boss reports an error'),
    );
    this.#boss.on('warning', (warning) => this.#logger.warn({ warning }, 'jobs: pg-boss warns'));
  }

  async start(handlers: readonly JobHandler[]): Promise<void> {
    await this.#boss.start();
    for (const handler of handlers) {
      for (let worker = 0; worker < handler.queue.concurrency; worker += 1) await this.#serve(handler);
    }
  }

  /**
   * One job at a time. After a job pg-boss would wait for the next poll, and a backlog would go at two jobs a second: a
   * worker that has just done something looks again at once. It can wake only one that it knows by its id, which is why
   * each is made for itself.
   */
  async #serve(handler: JobHandler): Promise<void> {
    const worker: { id?: string } = {};
    worker.id = await this.#boss.work(
      handler.queue.name,
      {
        batchSize: 1,
        includeMetadata: true,
        pollingIntervalSeconds: jobsPolicy.pollingIntervalSeconds,
        notifyPollingIntervalSeconds: jobsPolicy.pollingIntervalSeconds,
        heartbeatRefreshSeconds: jobsPolicy.heartbeatRefreshSeconds,
      },
      async (jobs: JobWithMetadata[]) => {
        try {
          for (const job of jobs) await this.#attempt(handler, job);
        } finally {
          if (worker.id !== undefined) this.#boss.notifyWorker(worker.id);
        }
      },
    );
  }

  async stop(timeoutMs: number): Promise<void> {
    await this.#boss.stop({ graceful: timeoutMs > 0, timeout: timeoutMs, close: true });
  }

  async #attempt(handler: JobHandler, job: JobWithMetadata): Promise<void> {
    const attempt = job.retryCount + 1;
    const lastAttempt = job.retryCount >= job.retryLimit;
    const fields = { queue: job.name, job_id: job.id, attempt, last_attempt: lastAttempt };
    try {
      const { trace, data } = openJob(job.data);
      await runWithTrace(trace, async () => {
        const valid = validate(handler.queue.schema, data, 'JOB-SCHEMA', job.name);
        const settle = await handler.perform({ id: job.id, data: valid, attempt, lastAttempt, signal: job.signal });
        await this.#settle(job, settle);
      });
    } catch (error) {
      if (error instanceof DozenError && error.code === 'JOB-LOST') {
        this.#logger.warn(fields, 'jobs: the attempt was too slow; its result is dropped');
        return;
      }
      this.#logger[lastAttempt ? 'error' : 'warn']({ ...fields, err: error }, 'jobs: the attempt failed');
      throw storable(error);
    }
  }

  /** While the database is away the answer is kept and offered again: another remote call would not be better. */
  async #settle(job: JobWithMetadata, settle: Settle): Promise<void> {
    const [first, longest] = jobsPolicy.settleRetryMs;
    let delay: number = first;
    for (;;) {
      try {
        await this.#settleOnce(job, settle);
        return;
      } catch (error) {
        if (!isInfrastructureError(error) || job.signal.aborted) throw error;
        this.#logger.warn({ queue: job.name, job_id: job.id, err: error }, 'jobs: the result waits for the database');
      }
      await pause(delay, job.signal);
      delay = Math.min(delay * 2, longest);
    }
  }

  /** Completing comes first: it locks the job's row, so that an expiry waits for the outcome, and finds it done. */
  async #settleOnce(job: JobWithMetadata, settle: Settle): Promise<void> {
    await this.#units.run(async (unit) => {
      const attempt = { id: job.id, retryCount: job.retryCount };
      // The declared type of the response is empty; it carries { jobs, requested, affected }.
      const response: object = await this.#boss.complete(job.name, attempt, null, { db: bossDb(unit.manager) });
      if (!('affected' in response && response.affected === 1))
        throw databaseError('JOB-LOST', `job ${job.id} is no longer held by this worker`);
      await settle(unit);
    });
  }
}

/** What is kept with the job: no query parameters, no headers, which errors of drivers and clients carry along. */
function storable(error: unknown): Error {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return Object.assign(new Error(messageOf(error)), code === undefined ? {} : { code });
}
