import type { FetchedBatch, FetchedRecord } from '../../broker/port.js';
import { nameOf } from '../../broker/topic-partition.js';
import { messagingPolicy } from '../../policy.js';
import { BatchWorker, type BatchWorkerOptions, type Replies, type Waiting } from './batch-worker.js';
import { PartitionWorker, type PartitionWorkerOptions } from './partition-worker.js';

export interface BatchDispatcherOptions extends Omit<BatchWorkerOptions, 'onFailed'> {
  /** Begins the isolation of a partition that was assigned. */
  readonly isolate: () => Isolation;
}

/** What handles the first records of a partition that was assigned: it has a worker of its own until this is over. */
export interface Isolation {
  readonly process: PartitionWorkerOptions['process'];
  readonly over: boolean;
}

/**
 * Which worker a partition's records go to, and so which transaction they share.
 *
 * isolated (in a worker of its own, from its assignment until its isolation is over) → batched (in a batch worker, with other
 * partitions) ⇄ separate (in a worker of its own again, from a failed transaction until more comes when all that it had is
 * committed). So what fails, or hangs until its deadline, costs the other partitions one transaction.
 *
 * A batch worker has the partitions of one remainder, of every topic: with equal partition counts all messages of a key go
 * to one worker, and never wait for each other's rows. When partitions move all queued work is cancelled: what waits is void,
 * the transactions in flight may end on their own, and what they say goes to the client whose batch it was. A partition's
 * next transaction begins after that. A crash loses queues alone, and what was queued is fetched again.
 */
export class BatchDispatcher {
  readonly #options: BatchDispatcherOptions;
  #batchWorkers: readonly BatchWorker[];
  #partitionWorkers = new Map<string, { worker: PartitionWorker; mayBatch: () => boolean }>();
  /** Partitions of this assignment that are past their isolation. */
  #batched = new Set<string>();
  readonly #ending = new Map<string, Promise<void>>();

  constructor(options: BatchDispatcherOptions) {
    this.#options = options;
    this.#batchWorkers = this.#newBatchWorkers();
  }

  /** No batch is in flight or queued; those in flight when their queues were cancelled do not count. */
  get idle(): boolean {
    return (
      this.#batchWorkers.every(({ idle }) => idle) &&
      [...this.#partitionWorkers.values()].every(({ worker }) => worker.idle)
    );
  }

  push(batch: FetchedBatch, replies: Replies): void {
    const waiting = { batch, replies, rest: batch.records };
    const name = nameOf(batch);
    const own = this.#partitionWorkers.get(name);
    if (own?.worker.idle === true && own.mayBatch()) {
      this.#partitionWorkers.delete(name);
      this.#batched.add(name);
    }
    if (this.#batched.has(name)) this.#batchWorkerOf(batch).push(waiting);
    else this.#partitionWorkerOf(batch).push(waiting);
  }

  /** Drops what waits; resolves when the transactions that are in flight now have ended. */
  async cancelQueued(): Promise<void> {
    const cancelled = [
      ...[...this.#partitionWorkers].map(([name, { worker }]) => this.#end([name], worker.stop())),
      ...this.#batchWorkers.map((worker) => this.#end(worker.inFlight, worker.stop())),
    ];
    this.#partitionWorkers = new Map();
    this.#batched = new Set();
    this.#batchWorkers = this.#newBatchWorkers();
    await Promise.all(cancelled);
  }

  /** Drops what waits; resolves when no transaction is in flight any more, of earlier assignments either. */
  async finish(): Promise<void> {
    void this.cancelQueued();
    await Promise.all(this.#ending.values());
  }

  #end(partitions: readonly string[], ended: Promise<void>): Promise<void> {
    for (const name of partitions) {
      const ending = ended.then(() => {
        if (this.#ending.get(name) === ending) this.#ending.delete(name);
      });
      this.#ending.set(name, ending);
    }
    return ended;
  }

  #newBatchWorkers(): BatchWorker[] {
    const { process, progress, blocked, logger } = this.#options;
    return Array.from({ length: messagingPolicy.batchWorkers }, () => {
      const onFailed = (batches: readonly Waiting[]): void => this.#separate(batches);
      return new BatchWorker({ process, onFailed, progress, blocked, logger });
    });
  }

  #batchWorkerOf({ partition }: FetchedBatch): BatchWorker {
    const worker = this.#batchWorkers[partition % this.#batchWorkers.length];
    if (worker === undefined) throw new RangeError(`no batch worker for partition ${partition}`);
    return worker;
  }

  #separate(batches: readonly Waiting[]): void {
    for (const waiting of batches) {
      const name = nameOf(waiting.batch);
      this.#batched.delete(name);
      this.#partitionWorkerOf(waiting.batch, { process: this.#inOneTransaction, over: true }).push(waiting);
    }
  }

  readonly #inOneTransaction = async (records: readonly FetchedRecord[]): Promise<number> => {
    await this.#options.process(records);
    return records.length;
  };

  #partitionWorkerOf(batch: FetchedBatch, isolation?: Isolation): PartitionWorker {
    const name = nameOf(batch);
    const present = this.#partitionWorkers.get(name);
    if (present !== undefined) return present.worker;
    const { isolate, progress, blocked, logger } = this.#options;
    const way = isolation ?? isolate();
    const after = this.#ending.get(name) ?? Promise.resolve();
    const process: Isolation['process'] = (records, turn) => way.process(records, turn);
    const worker = new PartitionWorker({ process, progress, blocked, logger, after });
    this.#partitionWorkers.set(name, { worker, mayBatch: () => way.over });
    return worker;
  }
}
