import {
  isAbortedTransaction,
  isInfrastructureError,
  type OpenTransaction,
  openTransactionWith,
  untilAborted,
} from '@dozen/database';
import type { DozenError } from '@dozen/kernel';
import type { FetchedRecord } from '../../broker/port.js';
import { toDozenError } from '../../errors.js';
import { batchLimits, commit, type HandlingOptions, newRun, type Run } from './handling.js';
import { HandlerTimer } from './handler-timer.js';
import { Outcomes } from './outcomes.js';
import { type Item, RecordReader } from './record-reader.js';
import { retryInMs } from '../retry/schedule.js';
import { type Failure, runAll } from './run-all.js';
import { InboxStore, type ParkedRecord } from './store.js';

/**
 * Batches that are tried again without what failed: a key stops at its first failure, so each time may find only one more.
 * After so many each message is tried alone, which takes as many transactions as there are messages and no more.
 */
const ROUNDS = 3;

export interface BatchProcessorOptions extends HandlingOptions {
  /** Called after a commit that parked a message which is to be tried again. Must not throw. */
  readonly onRetryParked?: () => void;
}

/** Why a message is put aside, and how often its handler had begun by then. */
interface Refusal {
  readonly error: DozenError;
  readonly attempts: number;
}

/**
 * Handles records, of whatever partitions, in one transaction, effects exactly once.
 *
 * BEGIN, claim ids (known ones are dropped), see which keys are blocked, take the declared locks: in one piece → park what
 * waits → run the handlers (run-all.ts) → write the outbox and COMMIT, in one piece.
 * A crash before COMMIT leaves nothing; a crash after it leaves claims, and the repeat does nothing.
 *
 * A message failure rolls the batch back and runs it again without the failed message, which is parked in the same
 * transaction as the others are handled. An infrastructure error rolls back and is thrown: nothing is parked for it.
 *
 * Every other error is some message's, wherever it comes from: where it cannot be told whose, each message is tried alone.
 * One that cannot be claimed is parked without a claim. What is thrown besides infrastructure errors is what keeps a
 * message from being parked at all: no transaction can be opened, or the tables of parking are not as they should be.
 */
export class BatchProcessor {
  readonly #options: BatchProcessorOptions;
  readonly #reader: RecordReader;
  readonly #timer = new HandlerTimer();
  readonly #outcomes = new Outcomes();

  constructor(options: BatchProcessorOptions) {
    this.#options = options;
    this.#reader = new RecordReader(options);
  }

  /** Returns when every record is handled, parked or known. Throws what says nothing about any of them. */
  async process(records: readonly FetchedRecord[]): Promise<void> {
    await this.#settle(this.#reader.readBatch(records), new Map());
  }

  /**
   * Parks the records without running their handlers, which had begun `attempts` times. Records that are known stay as
   * they are.
   */
  async park(records: readonly FetchedRecord[], refusal: Refusal): Promise<void> {
    const items = this.#reader.readBatch(records);
    await this.#settle(items, new Map(items.map((item) => [item, refusal])));
  }

  async #settle(items: readonly Item[], refused: Map<Item, Refusal>): Promise<void> {
    if (items.length === 0) return;
    for (let round = 1; ; round += 1) {
      const failures = await this.#attempt(items, refused);
      if (failures.length === 0) return;
      const before = refused.size;
      for (const { item, error } of ownFailures(failures, items)) {
        if (!refused.has(item)) refused.set(item, { error: item.error ?? toDozenError(error), attempts: 1 });
      }
      const [first, ...others] = items;
      const isKnown = refused.size > before;
      if (isKnown && (round < ROUNDS || others.length === 0)) continue;
      if (first === undefined || others.length === 0) {
        await this.#parkUnclaimed(first, { refused, failures });
        return;
      }
      // It is not known which message failed, or too many did. Handled alone, each answers for itself.
      for (const item of items) await this.#settle([item], refused);
      return;
    }
  }

  /** Parks a message without a claim: it is refused, and could not even be parked with one. */
  async #parkUnclaimed(
    item: Item | undefined,
    { refused, failures }: { refused: ReadonlyMap<Item, Refusal>; failures: readonly Failure[] },
  ): Promise<void> {
    const refusal = item && refused.get(item);
    if (item?.id === undefined || refusal === undefined) throw failures[0]?.error;
    const unclaimed = { ...item, id: undefined };
    await this.#settle([unclaimed], new Map([[unclaimed, refusal]]));
  }

  /** One transaction; returns what failed after a rollback, or nothing after the commit. */
  async #attempt(items: readonly Item[], refused: ReadonlyMap<Item, Refusal>): Promise<Failure[]> {
    const { consumer, dataSource } = this.#options;
    const clean = refused.size === 0 && items.every(({ error }) => error === undefined);
    const { tx, answers } = await openTransactionWith(dataSource, batchLimits, async (manager) => {
      const store = new InboxStore(manager, consumer);
      const [claimed, blocked] = await Promise.all([
        store.claim(items.flatMap(({ id }) => id ?? [])),
        store.blockedKeys([...new Set(items.flatMap(({ orderKey }) => orderKey ?? []))]),
        // Where messages are to be parked, keys are locked before names, in every process: else two would wait for each
        // other.
        clean ? store.lock(items.flatMap(({ work }) => work?.locks ?? [])) : undefined,
      ]);
      return { store, claimed, blocked };
    });
    try {
      const { store, claimed, blocked } = await answers;
      const fresh = items.filter(({ id }) => id === undefined || claimed.has(id));
      const { parked, newlyBlocked, runs } = this.#sort(fresh, refused, { blocked, tx });
      await store.block(newlyBlocked);
      await store.park(parked);
      if (!clean) await store.lock(runs.flatMap(({ work }) => work.locks));
      const failures = await untilAborted(runAll(runs, this.#timer), tx.signal);
      if (failures.length > 0) {
        await tx.rollback();
        return failures;
      }
      await commit(runs, tx, this.#options);
      this.#outcomes.count({ items, fresh, runs, parked });
      this.#report(parked);
      return [];
    } catch (error) {
      await tx.rollback();
      if (isInfrastructureError(error)) throw error;
      return [{ item: undefined, error }];
    }
  }

  /** In record order: what is put aside, and what is to run. */
  #sort(
    fresh: readonly Item[],
    refused: ReadonlyMap<Item, Refusal>,
    { blocked, tx }: { blocked: ReadonlySet<string>; tx: OpenTransaction },
  ) {
    const parked: ParkedRecord[] = [];
    const newlyBlocked = new Set<string>();
    const runs: Run[] = [];
    for (const item of fresh) {
      const { record, id: messageId, orderKey: blockedKey, work } = item;
      const { error, attempts } = refused.get(item) ?? {
        error: item.error,
        attempts: item.error === undefined ? 0 : 1,
      };
      const waits = blockedKey !== undefined && (blocked.has(blockedKey) || newlyBlocked.has(blockedKey));
      if (error === undefined && work !== undefined && !waits) {
        runs.push(newRun(item, work, { tx }));
        continue;
      }
      const delaysMs = work?.handler.retryDelaysMs ?? this.#options.retryDelaysMs;
      const retry = error === undefined ? null : retryInMs(error, attempts, delaysMs);
      parked.push({ record, messageId, blockedKey, error, attempts, retryInMs: retry });
      if (blockedKey !== undefined && !blocked.has(blockedKey)) newlyBlocked.add(blockedKey);
    }
    return { parked, newlyBlocked: [...newlyBlocked], runs };
  }

  #report(parked: readonly ParkedRecord[]): void {
    const { logger, onRetryParked } = this.#options;
    for (const { record, messageId, error, retryInMs: retry } of parked) {
      if (error === undefined) continue;
      const { topic, partition, offset } = record;
      const facts = { code: error.code, reason: error.message, topic, partition, offset, message_id: messageId };
      if (retry === null) logger.error(facts, 'message parked as a dead letter');
      else logger.warn({ ...facts, retry_in_ms: retry }, 'message parked; it will be tried again');
    }
    if (parked.some(({ retryInMs: retry }) => retry !== null)) onRetryParked?.();
  }
}

/**
 * Which failures are the messages' own. After one statement failed, the others on the connection fail with 25P02
 * (in_failed_sql_transaction): among several messages that says nothing about any of them. Nor does one error that several
 * got, of a statement that was batched for all of them. One infrastructure error makes the batch a case of it.
 */
function ownFailures(failures: readonly Failure[], items: readonly Item[]): { item: Item; error: unknown }[] {
  const infrastructure = failures.find(({ error }) => isInfrastructureError(error));
  if (infrastructure !== undefined) throw infrastructure.error;
  const [first, ...others] = items;
  if (first !== undefined && others.length === 0) return failures.map(({ error }) => ({ item: first, error }));
  const shared = (error: unknown): boolean => failures.filter((failure) => failure.error === error).length > 1;
  return failures.flatMap(({ item, error }) =>
    item === undefined || isAbortedTransaction(error) || shared(error) ? [] : [{ item, error }],
  );
}
