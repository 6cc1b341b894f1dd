import { messageOf, within } from '@dozen/kernel';
import type { Logger } from '@dozen/telemetry';
import type { CachePolicy } from './policy.js';

/**
 * Stands before a cache that may fail or hang, so that whoever asks never does.
 *
 * closed → open: a question failed or took too long; told once in the log. Nobody asks for `retryMs`.
 * open → closed: the first question after that is answered; told, too. Otherwise it stays open for another `retryMs`.
 */
export class Guard {
  readonly #logger: Pick<Logger, 'warn' | 'info'>;
  readonly #policy: CachePolicy;
  #askAgainAt = 0;
  #failing = false;

  constructor(logger: Pick<Logger, 'warn' | 'info'>, policy: CachePolicy) {
    this.#logger = logger;
    this.#policy = policy;
  }

  /** What the cache answers; undefined when it does not, within `patienceMs`, and while nobody asks it. Never rejects. */
  async ask<T>(question: () => Promise<T>): Promise<{ readonly answer: T } | undefined> {
    if (performance.now() < this.#askAgainAt) return undefined;
    try {
      const { patienceMs } = this.#policy;
      const answer = await within(patienceMs, question(), () => new Error(`no answer within ${patienceMs} ms`));
      if (this.#failing) this.#logger.info('the cache answers again');
      this.#failing = false;
      return { answer };
    } catch (error) {
      this.failed(error);
      return undefined;
    }
  }

  failed(error: unknown): void {
    const { retryMs } = this.#policy;
    this.#askAgainAt = performance.now() + retryMs;
    if (!this.#failing) {
      this.#logger.warn({ reason: messageOf(error), retry_in_ms: retryMs }, 'the cache fails: going without');
    }
    this.#failing = true;
  }
}
