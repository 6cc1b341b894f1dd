import { pause, WakeUp } from '@dozen/kernel';
import type { Logger } from '@dozen/telemetry';
import type { PgBoss } from 'pg-boss';
import { HeldJob } from './held-job.js';
import { jobsPolicy } from './policy.js';
import type { JobQueue } from './queue.js';

export interface DispatcherOptions {
  readonly boss: PgBoss;
  readonly logger: Logger;
  readonly queue: JobQueue;
  /** Must not reject. Its place is taken until it ends, whatever became of the job. */
  readonly attempt: (held: HeldJob) => Promise<void>;
}

/**
 * The one loop that fetches the jobs of a queue in this process, as many at a time as there are free places
 * (`concurrency`). It fetches when there may be something: at its start, after `wake`, and after a fetch that came back
 * full. Calls while a fetch is under way or no place is free become one fetch.
 *
 * pg-boss' own `work` is such a loop for each place: with ten of them a job is one fetch that finds it and nine that do
 * not, and each looks for itself twice a second.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #inFlight = new Map<HeldJob, Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  #mayBeMore = true;
  /** A place is free, or there may be a job, or it stops. */
  readonly #changed = new WakeUp();

  /** Begins at once. */
  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  /** There may be a job to fetch. */
  wake(): void {
    this.#mayBeMore = true;
    this.#changed.wake();
  }

  /** Stops fetching and waits for the jobs in flight, `timeoutMs` at most; then gives them back. */
  async stop(timeoutMs: number): Promise<void> {
    this.#stopping.abort();
    this.#changed.wake();
    const idle = new AbortController();
    void this.#idle().then(() => idle.abort());
    await pause(timeoutMs, idle.signal);
    this.#closing.abort();
    const held = [...this.#inFlight.keys()].filter(({ signal }) => !signal.aborted);
    await Promise.all(held.map((job) => job.giveBack()));
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#changed.clear();
      const free = this.#options.queue.concurrency - this.#inFlight.size;
      if (free > 0 && this.#mayBeMore) {
        await this.#fetch(free);
      } else {
        await this.#changed.wait();
      }
    }
  }

  async #fetch(free: number): Promise<void> {
    const { boss, logger, queue } = this.#options;
    this.#mayBeMore = false;
    try {
      const jobs = await boss.fetch(queue.name, { batchSize: free, includeMetadata: true });
      if (jobs.length === free) this.#mayBeMore = true;
      const held = jobs.map((job) => new HeldJob(job, { boss, logger }));
      if (this.#closing.signal.aborted) await Promise.all(held.map((job) => job.giveBack()));
      else held.forEach((job) => this.#take(job));
    } catch (error) {
      logger.warn({ queue: queue.name, err: error }, 'jobs: cannot fetch; the next look tries again');
      await pause(jobsPolicy.dueLookMs, this.#stopping.signal);
    }
  }

  #take(held: HeldJob): void {
    const attempt = this.#options.attempt(held).finally(() => {
      held.release();
      this.#inFlight.delete(held);
      this.#changed.wake();
    });
    this.#inFlight.set(held, attempt);
  }

  /** Nobody waits for an attempt that has lost its job. */
  async #idle(): Promise<void> {
    await this.#running;
    await Promise.all([...this.#inFlight].map(([{ signal }, attempt]) => Promise.race([attempt, aborted(signal)])));
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
