import { backoff, pause, WakeUp } from '@dozen/kernel';
import { recorder } from '@dozen/telemetry';
import { messagingMetrics } from '../../metrics.js';
import { messagingPolicy as policy } from '../../policy.js';
import type { HandlingOptions } from '../handle/handling.js';
import { type RetryAttempt, ParkedQueue } from './parked-queue.js';
import { AttemptRunner, type RetryOutcome } from './attempt-runner.js';
import { retryInMs } from './schedule.js';

/**
 * Handles parked messages when they are due. A row of parked_messages is:
 *
 * - *waiting* (no code, no retry_at): behind another message of its key. Whoever takes that one off makes it due.
 * - *retrying* (retry_at): due at that time, if no other message of its key is ahead. A scheduler begins an attempt.
 * - *in progress* (begun_at; retry_at is the end of the lease): the attempt is counted and committed, and its handler
 *   may run. It is taken off in the handler's own transaction; or it failed: retrying, or dead; or the infrastructure
 *   failed: retrying, and the attempt is given back.
 * - *dead* (a code, no retry_at): an operator decides to fix, replay or discard it.
 *
 * A crash before the attempt is committed leaves the row due. While it is in progress, the row stays so until its lease
 * is over; then the attempt is lost and counts as one that ended its process, and the third such makes the message dead
 * (MSG-CRASH). After the handler's COMMIT there is no row, and whoever looks next finds the next of the key due. A
 * crash between a rollback and the note of the failure looks like one that ended the process.
 */
export class RetryScheduler {
  readonly #options: HandlingOptions;
  readonly #queue: ParkedQueue;
  readonly #runner: AttemptRunner;
  readonly #stopping = new AbortController();
  readonly #inFlight = new Set<Promise<void>>();
  readonly #attempts = recorder(messagingMetrics.attempts);
  /**
   * How many attempts have ended and could not be noted, since the database is away. Meanwhile none is begun: an
   * attempt whose lease is over would count twice.
   */
  #notNoted = 0;
  readonly #due = new WakeUp();
  #running: Promise<void> | undefined;

  constructor(options: HandlingOptions) {
    this.#options = options;
    this.#queue = new ParkedQueue(options);
    this.#runner = new AttemptRunner(options);
  }

  /** Survives outages by itself. Does nothing when it runs already. */
  start(): void {
    if (!this.#stopping.signal.aborted) this.#running ??= this.#run();
  }

  /** Something was parked, or became due, in this process. */
  wake(): void {
    this.#due.wake();
  }

  /** Begins nothing more and waits for the attempts in flight: at most their deadline. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.wake();
    await this.#running;
    await Promise.all(this.#inFlight);
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stopping.signal.aborted) {
      try {
        this.#due.clear();
        await this.#due.wait(await this.#beginDue());
        failures = 0;
      } catch (error) {
        failures += 1;
        const waitMs = backoff(failures, policy.retry);
        this.#options.logger.warn({ err: error, retry_in_ms: waitMs }, 'parked messages cannot be read; trying on');
        await pause(waitMs, this.#stopping.signal);
      }
    }
  }

  /** Begins what is due and returns how long to wait for more, in ms. */
  async #beginDue(): Promise<number> {
    const free = policy.retryConcurrency - this.#inFlight.size;
    // The end of an attempt wakes the scheduler.
    if (free === 0 || this.#notNoted > 0) return policy.retryPollMs;
    const { due, nextInMs } = await this.#queue.look();
    const waitMs = Math.min(policy.retryPollMs, Math.max(1, nextInMs));
    if (!due) return waitMs;
    const { started, crashed } = await this.#queue.beginDue(free);
    for (const { id, attempts } of crashed) {
      this.#attempts.record(1, { 'dozen.outcome': 'dead_letter' });
      this.#options.logger.error({ parked_id: id, attempts, code: 'MSG-CRASH' }, 'parked message is a dead letter');
    }
    for (const attempt of started) {
      const work = this.#attempt(attempt).finally(() => {
        this.#inFlight.delete(work);
        this.wake();
      });
      this.#inFlight.add(work);
    }
    return waitMs;
  }

  async #attempt(attempt: RetryAttempt): Promise<void> {
    const outcome = await this.#runner.run(attempt);
    this.#notNoted += 1;
    try {
      await this.#note(attempt, outcome);
    } finally {
      this.#notNoted -= 1;
    }
  }

  /**
   * Notes how an attempt ended, and waits for the database to do so. If the process stops before that, the lease
   * decides, and nothing is lost.
   */
  async #note(attempt: RetryAttempt, outcome: RetryOutcome): Promise<void> {
    for (let failures = 1; ; failures += 1) {
      const waitMs = backoff(failures, policy.retry);
      try {
        const counted = await concludeAttempt({ queue: this.#queue, attempt, outcome, options: this.#options });
        this.#attempts.record(1, { 'dozen.outcome': counted });
        return;
      } catch (error) {
        this.#options.logger.warn({ err: error, parked_id: attempt.id, retry_in_ms: waitMs }, 'attempt not noted yet');
      }
      if (this.#stopping.signal.aborted) return;
      await pause(waitMs, this.#stopping.signal);
    }
  }
}

/** Notes how an attempt ended, where its own transaction has not done so. Returns what it is counted as. */
export async function concludeAttempt(ended: {
  queue: ParkedQueue;
  attempt: RetryAttempt;
  outcome: RetryOutcome;
  options: Pick<HandlingOptions, 'logger' | 'retryDelaysMs'>;
}): Promise<RetryOutcome['kind'] | 'dead_letter'> {
  const { queue, attempt, outcome, options } = ended;
  const facts = { parked_id: attempt.id, attempts: attempt.attempts };
  switch (outcome.kind) {
    case 'handled':
      options.logger.info(facts, 'parked message handled');
      return outcome.kind;
    case 'gone':
      return outcome.kind;
    case 'interrupted':
      await queue.giveBack(attempt);
      options.logger.warn({ ...facts, err: outcome.error }, 'attempt interrupted; it does not count');
      return outcome.kind;
    case 'failed': {
      const { error } = outcome;
      const retry = retryInMs(error, attempt.attempts, outcome.retryDelaysMs ?? options.retryDelaysMs);
      await queue.failed(attempt, error, retry);
      const what = { ...facts, code: error.code, reason: error.message };
      if (retry === null) options.logger.error(what, 'parked message is a dead letter');
      else options.logger.warn({ ...what, retry_in_ms: retry }, 'parked message failed again');
      return retry === null ? 'dead_letter' : outcome.kind;
    }
  }
}
