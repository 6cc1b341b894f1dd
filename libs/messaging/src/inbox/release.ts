import { isInfrastructureError, openTransaction, type OpenTransaction, untilAborted } from '@dozen/database';
import type { DozenError } from '@dozen/kernel';
import { messagingError } from '../errors.js';
import { HandlerTimer } from './handler-timer.js';
import { batchLimits, commit, handle, type HandlingOptions, newRun, type Run, toDozenError } from './handling.js';
import { type BegunAttempt, lockHead, lockKey, type ParkedHead, takeOff } from './parked-queue.js';
import { RecordReader } from './record-reader.js';
import { InboxStore } from './store.js';

/** How an attempt at a parked message ended. */
export type Released =
  /** Its effects are committed and it is off; also when its id turned out to have been handled before. */
  | { readonly kind: 'handled' }
  /** Somebody else handled or discarded it, or began a later attempt: nothing is done. */
  | { readonly kind: 'gone' }
  /** Rolled back; the attempt counts. */
  | { readonly kind: 'failed'; readonly error: DozenError }
  /** The infrastructure failed; rolled back, or the outcome is unknown. The attempt does not count. */
  | { readonly kind: 'interrupted'; readonly error: unknown };

/**
 * Handles one parked message from its row, in one transaction of its own:
 * BEGIN → lock the key → is it still the head, and this the latest attempt? → declared locks → handler → take it off,
 * and free the key or make the next one due → outbox → COMMIT.
 */
export class Release {
  readonly #options: HandlingOptions;
  readonly #reader: RecordReader;
  readonly #timer = new HandlerTimer();

  constructor(options: HandlingOptions) {
    this.#options = options;
    this.#reader = new RecordReader(options);
  }

  /** The attempt must be committed as begun. Never throws. */
  async run(attempt: BegunAttempt): Promise<Released> {
    try {
      const tx = await openTransaction(this.#options.dataSource, batchLimits);
      try {
        return await this.#handle(tx, attempt);
      } finally {
        await tx.rollback();
      }
    } catch (error) {
      return isInfrastructureError(error)
        ? { kind: 'interrupted', error }
        : { kind: 'failed', error: toDozenError(error) };
    }
  }

  async #handle(tx: OpenTransaction, attempt: BegunAttempt): Promise<Released> {
    const { consumer } = this.#options;
    if (attempt.heldKey !== null) await lockKey(tx.manager, consumer, attempt.heldKey);
    const head = await lockHead(tx.manager, attempt);
    if (head === undefined) return { kind: 'gone' };
    const run = await this.#prepare(tx, head);
    if (run !== undefined) await untilAborted(handle(run, this.#timer), tx.signal);
    await takeOff(tx.manager, consumer, attempt);
    await commit(run === undefined ? [] : [run], tx, this.#options);
    return { kind: 'handled' };
  }

  /** What to run; undefined when the id was handled before. Throws what the decoder says. */
  async #prepare(tx: OpenTransaction, { record, claimed, fix }: ParkedHead): Promise<Run | undefined> {
    const item = this.#reader.readParked(record, { claimed });
    if (item?.error !== undefined) throw item.error;
    if (item?.work === undefined) {
      throw messagingError(
        'MSG-UNKNOWN-TYPE',
        `no handler for ${record.headers['ce_type'] ?? 'a message without type'}`,
      );
    }
    const store = new InboxStore(tx.manager, this.#options.consumer);
    // Parked for its id (dated ahead of our clock), it has no claim yet, and may have come again since.
    if (!claimed && item.id !== undefined && !(await store.claim([item.id])).has(item.id)) return undefined;
    await store.lock(item.work.handler.locks?.(item.work.payload) ?? []);
    return newRun(item, item.work, { tx, fix });
  }
}
