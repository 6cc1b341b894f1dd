import { messageOf } from '@dozen/kernel';
import type { Logger } from '@dozen/telemetry';
import type { JobWithMetadata, PgBoss } from 'pg-boss';
import { databaseError } from '../errors.js';
import { JOBS_SCHEMA, jobsPolicy } from './policy.js';

/**
 * Gives a job back without using up an attempt, by raising the limit. Lowering the count instead (pg-boss' `restore`) would be
 * wrong: pg-boss knows an attempt by its count, so a late result would count for the attempt after it.
 */
const GIVE_BACK = `UPDATE ${JOBS_SCHEMA}.job
   SET state = 'retry', retry_limit = retry_limit + 1, start_after = ${JOBS_SCHEMA}.job_now(), heartbeat_on = NULL
 WHERE name = $1 AND id = $2 AND state = 'active' AND retry_count = $3`;

/**
 * A job that this process has fetched, for one attempt. It sends heartbeats until `release`. Each of its statements names the
 * attempt: once another attempt has begun, the statement changes nothing.
 */
export class HeldJob {
  readonly job: JobWithMetadata<unknown>;
  /** Number of the attempt, 1 for the first. */
  readonly attempt: number;
  readonly lastAttempt: boolean;
  /** Fields of every log line about it. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly #boss: PgBoss;
  readonly #logger: Logger;
  readonly #abort = new AbortController();
  readonly #heartbeats: NodeJS.Timeout;
  readonly #expiry: NodeJS.Timeout;

  constructor(job: JobWithMetadata<unknown>, { boss, logger }: { boss: PgBoss; logger: Logger }) {
    this.job = job;
    this.attempt = job.retryCount + 1;
    this.lastAttempt = job.retryCount >= job.retryLimit;
    this.fields = { queue: job.name, job_id: job.id, attempt: this.attempt, last_attempt: this.lastAttempt };
    this.#boss = boss;
    this.#logger = logger;
    this.#heartbeats = setInterval(() => void this.#heartbeat(), jobsPolicy.heartbeatRefreshSeconds * 1000);
    this.#expiry = setTimeout(() => void this.#expire(), job.expireInSeconds * 1000);
  }

  /** Aborted when the attempt has expired, when another worker has the job, or when the job was given back. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /**
   * Ends this attempt; the next one follows by the queue's policy. Never rejects: if the database does not hear of it, the
   * heartbeats stop, and another worker takes the job over.
   */
  async fail(error: unknown): Promise<void> {
    this.release();
    try {
      await this.#boss.fail(this.job.name, this.claim, storable(error));
    } catch (failure) {
      this.#logger.warn({ ...this.fields, err: failure }, 'jobs: a failed attempt could not be noted');
    }
  }

  /**
   * Gives the job to the next attempt, anywhere and at once; what this attempt still answers is dropped. That uses up no
   * attempt, since the process stops and the work is not to blame. Never rejects: if the database does not hear of it, the
   * heartbeats stop, and then the attempt does count.
   */
  async giveBack(): Promise<void> {
    this.release();
    const { name, id, retryCount } = this.job;
    try {
      await this.#boss.getDb().executeSql(GIVE_BACK, [name, id, retryCount]);
    } catch (failure) {
      this.#logger.warn({ ...this.fields, err: failure }, 'jobs: a job could not be given back');
    }
    this.#abort.abort(new Error('the process stops'));
  }

  /** Stops the heartbeats and the clock; part of `fail` and `giveBack`. */
  release(): void {
    clearInterval(this.#heartbeats);
    clearTimeout(this.#expiry);
  }

  /** What pg-boss knows this attempt by. */
  get claim(): { id: string; retryCount: number } {
    return { id: this.job.id, retryCount: this.job.retryCount };
  }

  /**
   * A heartbeat that could not be sent says nothing about the claim. A heartbeat that found no job means that the job is lost.
   */
  async #heartbeat(): Promise<void> {
    try {
      if (counted(await this.#boss.touch(this.job.name, this.claim))) return;
    } catch (error) {
      this.#logger.warn({ ...this.fields, err: error }, 'jobs: a heartbeat was not heard');
      return;
    }
    this.release();
    this.#abort.abort(databaseError('JOB-LOST', `job ${this.job.id} is no longer held by this worker`));
  }

  async #expire(): Promise<void> {
    const error = new Error(`the attempt took longer than ${this.job.expireInSeconds} s`);
    this.#logger[this.lastAttempt ? 'error' : 'warn']({ ...this.fields, err: error }, 'jobs: the attempt has expired');
    this.#abort.abort(error);
    await this.fail(error);
  }
}

/** The declared type of the response is empty; it carries { jobs, requested, affected }. */
function counted(response: object): boolean {
  return 'affected' in response && response.affected === 1;
}

/**
 * The part of an error that is kept with the job. Errors of drivers and clients carry query parameters and headers along, which
 * are left out.
 */
function storable(error: unknown): Error {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return Object.assign(new Error(messageOf(error)), code === undefined ? {} : { code });
}
