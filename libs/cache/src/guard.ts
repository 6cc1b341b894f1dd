import { messageOf, within } from '@dozen/kernel';
import { type Logger, timer } from '@dozen/telemetry';
import { cacheMetrics } from './metrics.js';
import type { CachePolicy } from './policy.js';
import { isPostgres } from './store.js';

/**
 * Stands before a cache that may fail or hang, so that its callers never do.
 *
 * closed → open: a question failed or took too long, which is logged once. Nothing is asked for `retryMs`.
 * open → closed: the first question after that is answered, which is logged, too. Otherwise it stays open for another
 * `retryMs`.
 */
export class Guard {
  readonly #logger: Pick<Logger, 'warn' | 'info'>;
  readonly #policy: CachePolicy;
  readonly #system: string;
  readonly #duration = timer(cacheMetrics.operationDuration);
  #askAgainAt = 0;
  #failing = false;

  constructor(options: { logger: Pick<Logger, 'warn' | 'info'>; policy: CachePolicy; url: string }) {
    this.#logger = options.logger;
    this.#policy = options.policy;
    this.#system = isPostgres(options.url) ? 'postgresql' : 'redis';
  }

  /**
   * What the cache answers. Undefined when it does not answer within `timeoutMs`, and while it is not asked at all. Never
   * rejects.
   */
  async ask<T>(operation: 'get' | 'set', question: () => Promise<T>): Promise<{ readonly answer: T } | undefined> {
    if (performance.now() < this.#askAgainAt) return undefined;
    try {
      const { timeoutMs } = this.#policy;
      const about = { 'db.system.name': this.#system, 'dozen.cache.operation': operation };
      const answer = await this.#duration.time(about, () =>
        within(timeoutMs, question(), () => new Error(`no answer within ${timeoutMs} ms`)),
      );
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
