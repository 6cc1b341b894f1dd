import { pause } from '@dozen/kernel';
import type { Logger } from '@dozen/telemetry';
import type { PgBoss } from 'pg-boss';
import { DUE_FOR } from './gauges.js';
import { jobsPolicy } from './policy.js';

export interface DueLookOptions {
  readonly boss: PgBoss;
  readonly logger: Logger;
  readonly queues: readonly string[];
  /** A job of this queue is due. Must not throw. */
  readonly onDue: (queue: string) => void;
}

/**
 * Looks for jobs that are due and that nobody announced: one statement for all queues of the process, every `dueLookMs`.
 * When the first of a queue becomes due before the next look, it is told at its time.
 */
export class DueLook {
  readonly #options: DueLookOptions;
  readonly #stopping = new AbortController();

  /** Begins at once, and survives outages by itself. */
  constructor(options: DueLookOptions) {
    this.#options = options;
    void this.#run();
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#look();
      } catch (error) {
        this.#options.logger.warn({ err: error }, 'jobs: cannot look for what is due; the next look tries again');
      }
      await pause(jobsPolicy.dueLookMs, this.#stopping.signal);
    }
  }

  async #look(): Promise<void> {
    const { boss, queues } = this.#options;
    const { rows } = await boss.getDb().executeSql(DUE_FOR, [queues]);
    for (const { name, seconds } of rows as { name: string; seconds: number | null }[]) {
      const dueInMs = seconds === null ? Infinity : -1000 * seconds;
      if (dueInMs < jobsPolicy.dueLookMs) void this.#tell(name, dueInMs);
    }
  }

  async #tell(queue: string, dueInMs: number): Promise<void> {
    if (dueInMs > 0) await pause(Math.ceil(dueInMs), this.#stopping.signal);
    if (!this.#stopping.signal.aborted) this.#options.onDue(queue);
  }
}
