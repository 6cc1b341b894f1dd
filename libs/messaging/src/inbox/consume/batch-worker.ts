import { DozenError } from '@dozen/kernel';
import type { ProgressWatch } from '@dozen/shutdown';
import { errorType, type Logger, recorder } from '@dozen/telemetry';
import type { FetchedBatch, FetchedRecord } from '../../broker/port.js';
import { nameOf } from '../../broker/topic-partition.js';
import { messagingMetrics } from '../../metrics.js';
import { BatchSize } from './batch-size.js';
import type { BlockedPartitions } from './blocked-partitions.js';
import { portionOf } from './portion.js';

/** Tells the client that fetched a batch what becomes of it. */
export interface Replies {
  /** The batch's records are in the database up to `offset` (the next one to read). */
  readonly handled: (batch: FetchedBatch, offset: string) => void;
  /** The whole batch is handled: it is not in flight any more. */
  readonly done: (batch: FetchedBatch) => void;
}

/** A batch that is not done, with what is left of its records. */
export interface Waiting {
  readonly batch: FetchedBatch;
  readonly replies: Replies;
  readonly rest: readonly FetchedRecord[];
}

export interface BatchWorkerOptions {
  /** Handles records in one transaction. Throws an error that says nothing about any of them, as an outage. */
  readonly process: (records: readonly FetchedRecord[]) => Promise<void>;
  /** Takes over all batches of the partitions whose transaction failed. */
  readonly onFailed: (batches: readonly Waiting[]) => void;
  readonly progress: ProgressWatch;
  readonly blocked: BlockedPartitions;
  readonly logger: Logger;
}

/**
 * Handles several partitions with one transaction at a time. Each transaction takes whatever the partitions have by
 * then, so batches are the larger the busier the process is, and an idle process waits for nobody.
 *
 * A partition is, in this worker:
 *
 * - *absent*: it has nothing here. `push` makes it queued.
 * - *queued*: batches wait. Partitions are served in turn, and each one's records in their order.
 * - *in flight*: its first records are in the transaction, and more may wait behind them. After COMMIT the client that
 *   fetched them is told; the partition is then absent, or queued at the end.
 * - *failed*: its transaction was rolled back. The worker tries nothing twice: all that these partitions have goes to
 *   `onFailed`, and they are absent here.
 *
 * After `stop` the transaction in flight ends and is reported; what is queued is void, since the broker gives it out
 * again.
 *
 * A crash loses the queues and rolls the transaction back, so that the records are fetched again: no offset of theirs
 * was committed. After COMMIT and before the offset is committed it makes the records come again, and their claims drop
 * them.
 */
export class BatchWorker {
  readonly #options: BatchWorkerOptions;
  readonly #stopping = new AbortController();
  readonly #rollbacks = recorder(messagingMetrics.rollbacks);
  /** Batches by partition, in the order in which partitions are served. */
  readonly #queues = new Map<string, Waiting[]>();
  /** Partitions whose records are in the transaction. */
  #inFlight: readonly string[] = [];
  readonly #size = new BatchSize();
  #running: Promise<void> | undefined;

  constructor(options: BatchWorkerOptions) {
    this.#options = options;
  }

  get idle(): boolean {
    return this.#queues.size === 0;
  }

  get inFlight(): readonly string[] {
    return this.#inFlight;
  }

  push(waiting: Waiting): void {
    const name = nameOf(waiting.batch);
    this.#queues.set(name, [...(this.#queues.get(name) ?? []), waiting]);
    this.#running ??= this.#run();
  }

  /** Finishes the transaction in flight, starts no other. Never rejects. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    // Batches that come with the same answer of the broker go together.
    await new Promise(setImmediate);
    while (this.#queues.size > 0 && !this.#stopping.signal.aborted) await this.#turn();
    this.#running = undefined;
  }

  async #turn(): Promise<void> {
    const { process, onFailed, progress, blocked } = this.#options;
    const taken = this.#takeRecords();
    this.#inFlight = taken.map(({ name }) => name);
    const step = progress.begin(this.#inFlight.join(', '));
    try {
      await process(taken.flatMap(({ records }) => records));
      this.#size.grow();
      for (const part of taken) this.#settle(part);
    } catch (error) {
      this.#report(taken, error);
      if (error instanceof DozenError && error.code === 'UOW-DEADLINE') {
        const count = taken.reduce((sum, { records }) => sum + records.length, 0);
        this.#size.halve(count);
      }
      const failed = taken.flatMap(({ name }) => this.#queues.get(name) ?? []);
      for (const { name } of taken) this.#queues.delete(name);
      if (!this.#stopping.signal.aborted) onFailed(failed);
    } finally {
      step.end();
      this.#inFlight = [];
      for (const { records } of taken) if (records[0] !== undefined) blocked.moved(records[0]);
    }
  }

  /** Returns the first records of the partitions, for one transaction. A partition gives of all batches that it has. */
  #takeRecords(): Part[] {
    const offered = [...this.#queues].flatMap(([name, queue]) =>
      queue
        .flatMap(({ rest }) => rest)
        .slice(0, this.#size.now)
        .map((record) => ({ name, record })),
    );
    const records = portionOf(
      offered.map(({ record }) => record),
      this.#size.now,
    );
    const parts = Map.groupBy(offered.slice(0, records.length), ({ name }) => name);
    return [...parts].map(([name, of]) => ({ name, records: of.map(({ record }) => record) }));
  }

  /** Reports records as handled, to each batch that they came in, once they are in the database. */
  #settle({ name, records }: Part): void {
    let before = 0;
    const batches = (this.#queues.get(name) ?? []).map((waiting) => {
      const own = records.slice(before, before + waiting.rest.length);
      before += own.length;
      return { ...waiting, rest: waiting.rest.slice(own.length), last: own.at(-1) };
    });
    const left = batches.filter(({ rest }) => rest.length > 0);
    this.#queues.delete(name);
    if (left.length > 0) this.#queues.set(name, left);
    for (const { batch, replies, rest, last } of batches) {
      if (last !== undefined) replies.handled(batch, (BigInt(last.offset) + 1n).toString());
      if (rest.length === 0) replies.done(batch);
    }
  }

  #report(taken: readonly Part[], error: unknown): void {
    for (const topic of new Set(taken.flatMap(({ records }) => records.map((record) => record.topic)))) {
      this.#rollbacks.record(1, { 'messaging.destination.name': topic, 'error.type': errorType(error) });
    }
    const partitions = taken.map(({ name }) => name);
    this.#options.logger.warn({ err: error, partitions }, 'batch rolled back; each of its partitions stands alone');
  }
}

/** The records that a transaction has of one partition. */
interface Part {
  readonly name: string;
  readonly records: readonly FetchedRecord[];
}
