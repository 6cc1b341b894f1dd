import { sqlStateOf } from '@dozen/database';
import { backoff, DozenError, messageOf, pause } from '@dozen/kernel';
import type { ProgressWatch } from '@dozen/shutdown';
import { errorType, type Logger, recorder } from '@dozen/telemetry';
import type { FetchedBatch } from '../../broker/port.js';
import { nameOf } from '../../broker/topic-partition.js';
import { messagingMetrics } from '../../metrics.js';
import { messagingPolicy } from '../../policy.js';
import { BatchSize } from './batch-size.js';
import type { BlockedPartitions } from './blocked-partitions.js';
import type { Waiting } from './batch-worker.js';
import { portionOf } from './portion.js';

/** What the worker and the work on some records tell each other meanwhile. */
export interface Turn {
  /** Says that a part of the records is done for good, so that work which takes long does not count as standing still. */
  readonly advanced: () => void;
  /** The partition is to stop: what is in flight may end, and nothing more is to be begun. */
  readonly signal: AbortSignal;
}

export interface PartitionWorkerOptions {
  /** Returns how many are done, from the first on: all of them unless it was stopped. */
  readonly process: (records: FetchedBatch['records'], turn: Turn) => Promise<number>;
  /** Settles when the partition's last transaction, of a generation that is over, has ended. */
  readonly after: Promise<void>;
  readonly progress: ProgressWatch;
  readonly blocked: BlockedPartitions;
  readonly logger: Logger;
}

/**
 * Handles the batches of one partition, in order, with transactions of its own. It is what an outage, or a record that
 * fails, is waited out in without a limit and without touching other partitions.
 *
 * - *following*: the partition's last transaction, of an earlier worker or generation, has not ended (`after`). A new
 *   one would only wait for its claims.
 * - *idle*: the queue is empty. `push` ends it. What the client reads ahead of a partition bounds the queue.
 * - *working*: a transaction has the first records. After COMMIT it goes on with the rest, or is idle.
 * - *waiting*: the transaction was rolled back. The same records are tried again after a pause that doubles; half as
 *   many if it ran out of time, which is no outage and counts as standing still.
 * - *stopped*: `stop` was called. The transaction in flight ends and is reported, and no other begins.
 *
 * A crash while following, idle or waiting loses only the queue, which is fetched again. While working it rolls back,
 * likewise. Between COMMIT and the commit of the offset it makes the records come again, and their claims drop them.
 */
export class PartitionWorker {
  readonly #options: PartitionWorkerOptions;
  readonly #stopping = new AbortController();
  readonly #rollbacks = recorder(messagingMetrics.rollbacks);
  #queue: Waiting[] = [];
  readonly #size = new BatchSize();
  #running: Promise<void>;

  constructor(options: PartitionWorkerOptions) {
    this.#options = options;
    // A partition has one transaction in this process at a time, also over a rejoin: a second one would wait for its
    // claims.
    this.#running = options.after;
  }

  get idle(): boolean {
    return this.#queue.length === 0;
  }

  push(waiting: Waiting): void {
    this.#queue.push(waiting);
    if (this.#queue.length === 1) this.#running = this.#running.then(() => this.#drainQueue());
  }

  /** Finishes the transaction in flight, starts no other. Never rejects. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #drainQueue(): Promise<void> {
    for (let head = this.#queue[0]; head !== undefined && !this.#stopping.signal.aborted; head = this.#queue[0]) {
      await this.#work(head);
      this.#queue = this.#queue.slice(1);
    }
  }

  async #work({ batch, replies, rest: records }: Waiting): Promise<void> {
    // Counts 0 before the first rollback: of a counter that comes into being as 1, nobody can tell that it has risen.
    this.#rollbacks.record(0, { 'messaging.destination.name': batch.topic });
    for (let rest = records; rest.length > 0;) {
      const done = await this.#persist(batch, rest);
      const last = rest[done - 1];
      if (last === undefined) return;
      replies.handled(batch, (BigInt(last.offset) + 1n).toString());
      rest = rest.slice(done);
    }
    replies.done(batch);
  }

  /** Tries until the first of the records are handled; returns how many, 0 when stopped before. */
  async #persist(batch: FetchedBatch, records: FetchedBatch['records']): Promise<number> {
    const { progress, logger, process, blocked } = this.#options;
    const step = progress.begin(nameOf(batch));
    try {
      for (let failures = 1; !this.#stopping.signal.aborted; failures += 1) {
        try {
          const taken = portionOf(records, this.#size.now);
          const advanced = (): void => {
            step.advance();
            blocked.moved(batch);
          };
          const done = await process(taken, { advanced, signal: this.#stopping.signal });
          this.#size.grow();
          return done;
        } catch (error) {
          const { topic, partition } = batch;
          const waitMs = backoff(failures, messagingPolicy.retry);
          blocked.failed(batch, error);
          this.#rollbacks.record(1, { 'messaging.destination.name': topic, 'error.type': errorType(error) });
          logger.warn({ err: error, topic, partition, retry_in_ms: waitMs }, 'batch rolled back; its partition waits');
          const waits = !isOutOfTime(error);
          if (!waits) this.#size.halve(records.length);
          if (waits) step.waiting(messageOf(error));
          await pause(waitMs, this.#stopping.signal);
          if (waits) step.advance();
        }
      }
    } finally {
      step.end();
      blocked.moved(batch);
    }
    return 0;
  }
}

/**
 * The SQLSTATEs of limits that our sessions have and the server enforces: idle_in_transaction_session_timeout and
 * transaction_timeout.
 */
const SERVER_LIMITS = new Set(['25P03', '25P04']);

/**
 * The transaction took longer than it may, here or at the server (which ends one that is idle first). That is no outage:
 * a handler that hangs does so again and again, and must not pass for one that waits.
 */
function isOutOfTime(error: unknown): boolean {
  if (error instanceof DozenError && error.code === 'UOW-DEADLINE') return true;
  return SERVER_LIMITS.has(sqlStateOf(error) ?? '');
}
