import type { Schema } from '@dozen/kernel';
import type { UnitOfWork } from '../unit/unit-of-work.js';

/** A kind of job and the policy of its attempts. */
export interface JobQueue<T = unknown> {
  /** Letters, digits, `_ - . /`. */
  readonly name: string;
  /** Of the data as JSON: checked when enqueued and again before each attempt. It must accept what it returns. */
  readonly schema: Schema<T>;
  /** Attempts after the first. Out of them, the job stays 'failed' and `failedJobs` lists it. */
  readonly retryLimit: number;
  /** Before the next attempt, in seconds. */
  readonly retryDelayS: number;
  /** Doubles the delay each time, with jitter. */
  readonly retryBackoff: boolean;
  /** Ceiling of the doubled delay, in seconds. */
  readonly retryDelayMaxS?: number;
  /** One attempt may take this long, settling included; then its signal aborts and another worker may take the job. */
  readonly expireInSeconds: number;
  /** Attempts at the same time in one process. */
  readonly concurrency: number;
}

/** Names a queue; declares nothing anywhere. `installJobs` creates it, `Jobs.start` serves it. */
export function defineJob<T>(queue: JobQueue<T>): JobQueue<T> {
  return queue;
}

/** One attempt at a job. */
export interface JobRun<T> {
  /** The same for every attempt: build idempotency keys from the data, or from this; never from `attempt`. */
  readonly id: string;
  readonly data: T;
  /** 1 for the first. Counts those that were given back, too, which use up none of `retryLimit`. */
  readonly attempt: number;
  /** Throwing now leaves the job 'failed'. */
  readonly lastAttempt: boolean;
  /** Aborted when the attempt expires, another worker takes the job, or the process stops waiting for it. */
  readonly signal: AbortSignal;
}

/** Writes the result of an attempt. Its transaction also completes the job. */
export type Settle = (unit: UnitOfWork) => Promise<void>;

/** Performs the jobs of one queue. */
export interface JobHandler<T = unknown> {
  readonly queue: JobQueue<T>;
  /**
   * Does the remote call, in no transaction, and returns what to write. Throwing counts as an attempt and retries by
   * the queue's policy. `settle` runs once the job is known to be still this attempt's; it is run again from the start
   * when the database fails under it, so it must touch nothing but its unit. Jobs of a queue with different keys may settle
   * side by side in one transaction: what two of them could both change needs one key.
   */
  perform(job: JobRun<T>): Promise<Settle>;
}
