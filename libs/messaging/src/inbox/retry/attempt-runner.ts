import { isInfrastructureError, openTransaction, type OpenTransaction, untilAborted } from '@dozen/database';
import type { DozenError } from '@dozen/kernel';
import type { FetchedRecord } from '../../broker/port.js';
import { messagingError, toDozenError } from '../../errors.js';
import { HandlerTimer } from '../handle/handler-timer.js';
import { batchLimits, commit, handle, type HandlingOptions, newRun, type Run } from '../handle/handling.js';
import { type RetryAttempt, lockHead, lockKey, takeOff } from './parked-queue.js';
import { RecordReader, type Work } from '../handle/record-reader.js';
import { InboxStore } from '../handle/store.js';

/** How an attempt at a parked message ended. */
export type RetryOutcome =
  /** Its effects are committed and it is off; also when its id turned out to have been handled before. */
  | { readonly kind: 'handled' }
  /** Somebody else handled or discarded it, or began a later attempt: nothing is done. */
  | { readonly kind: 'gone' }
  /** Rolled back; the attempt counts. */
  | { readonly kind: 'failed'; readonly error: DozenError; readonly retryDelaysMs?: readonly number[] | undefined }
  /** The infrastructure failed; rolled back, or the outcome is unknown. The attempt does not count. */
  | { readonly kind: 'interrupted'; readonly error: unknown };

/**
 * Handles one parked message from its row, in one transaction of its own:
 * BEGIN → lock the key → is it still the head, and this the latest attempt? → declared locks → handler → take it off,
 * and free the key or make the next one due → outbox → COMMIT.
 */
export class AttemptRunner {
  readonly #options: HandlingOptions;
  readonly #reader: RecordReader;
  readonly #timer = new HandlerTimer();

  constructor(options: HandlingOptions) {
    this.#options = options;
    this.#reader = new RecordReader(options);
  }

  /** The attempt must be committed as begun. Never throws. */
  async run(attempt: RetryAttempt): Promise<RetryOutcome> {
    const seen: { work?: Work | undefined } = {};
    try {
      const tx = await openTransaction(this.#options.dataSource, batchLimits);
      try {
        return await this.#handle(tx, attempt, seen);
      } finally {
        await tx.rollback();
      }
    } catch (error) {
      return isInfrastructureError(error)
        ? { kind: 'interrupted', error }
        : { kind: 'failed', error: toDozenError(error), retryDelaysMs: seen.work?.handler.retryDelaysMs };
    }
  }

  async #handle(tx: OpenTransaction, attempt: RetryAttempt, seen: { work?: Work | undefined }): Promise<RetryOutcome> {
    const { consumer } = this.#options;
    if (attempt.blockedKey !== null) await lockKey(tx.manager, consumer, attempt.blockedKey);
    const head = await lockHead(tx.manager, attempt);
    if (head === undefined) return { kind: 'gone' };
    const { claimed, fix, record } = head;
    const item = this.#reader.readParked(record, { claimed });
    seen.work = item?.work;
    if (item?.work === undefined) return { kind: 'failed', error: item?.error ?? withoutHandler(record) };
    const runs: Run[] = [];
    const store = new InboxStore(tx.manager, consumer);
    // Parked without a claim (dated ahead of our clock, say), it may have come again and been handled since.
    if (claimed || item.id === undefined || (await store.claim([item.id])).has(item.id)) {
      const run = newRun(item, item.work, { tx, fix });
      await store.lock(item.work.locks);
      await untilAborted(handle(run, this.#timer), tx.signal);
      runs.push(run);
    }
    await takeOff(tx.manager, consumer, attempt);
    await commit(runs, tx, this.#options);
    return { kind: 'handled' };
  }
}

function withoutHandler({ headers }: FetchedRecord): DozenError {
  return messagingError('MSG-UNKNOWN-TYPE', `no handler for ${headers['ce_type'] ?? 'a message without type'}`);
}
