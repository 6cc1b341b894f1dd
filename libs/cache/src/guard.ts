import { messageOf } from '@dozen/kernel';
import type { Logger } from '@dozen/telemetry';
import { cachePolicy } from './policy.js';

/**
 * Stands before a cache that may fail or hang, so that whoever asks never does.
 *
 * closed → open: a question failed or took too long; told once in the log. Nobody asks for `retryMs`.
 * open → closed: the first question after that is answered; told, too. Otherwise it stays open for another `retryMs`.
 */
export class Guard {
  readonly #logger: Pick<Logger, 'warn' | 'info'>;
  #closedFrom = 0;
  #failing = false;

  constructor(logger: Pick<Logger, 'warn' | 'info'>) {
    this.#logger = logger;
  }

  /** What the cache answers; undefined when it does not, within `patienceMs`, and while nobody asks it. Never rejects. */
  async ask<T>(question: () => Promise<T>): Promise<T | undefined> {
    if (performance.now() < this.#closedFrom) return undefined;
    try {
      const answer = await inTime(question());
      if (this.#failing) this.#logger.info('the cache answers again');
      this.#failing = false;
      return answer;
    } catch (error) {
      this.failed(error);
      return undefined;
    }
  }

  failed(error: unknown): void {
    this.#closedFrom = performance.now() + cachePolicy.retryMs;
    if (!this.#failing) {
      this.#logger.warn(
        { reason: messageOf(error), retry_in_ms: cachePolicy.retryMs },
        'the cache fails: going without',
      );
    }
    this.#failing = true;
  }
}

async function inTime<T>(answer: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const { patienceMs } = cachePolicy;
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${patienceMs} ms`)), patienceMs);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
