import type { FetchedBatch } from '../broker/port.js';
import { PartitionWorker, type PartitionWorkerOptions } from './partition-worker.js';

type Shared = Pick<PartitionWorkerOptions, 'progress' | 'logger'> & {
  /** What a worker does with its records; one for each assignment of a partition. */
  readonly newProcess: () => PartitionWorkerOptions['process'];
};

/** What the workers of one client's batches tell it. */
export type Replies = Pick<PartitionWorkerOptions, 'handled' | 'done'>;

/**
 * A worker per partition. At a new epoch all are dismissed: their queues are void, the transactions in hand may end on
 * their own, and what they say goes to the client whose batch it was. A partition's next worker begins after that.
 */
export class PartitionWorkers {
  readonly #shared: Shared;
  #present = new Map<string, PartitionWorker>();
  readonly #ending = new Map<string, Promise<void>>();

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  push(batch: FetchedBatch, replies: Replies): void {
    const name = `${batch.topic}/${batch.partition}`;
    let worker = this.#present.get(name);
    if (worker === undefined) {
      const after = this.#ending.get(name) ?? Promise.resolve();
      const { newProcess, ...shared } = this.#shared;
      worker = new PartitionWorker({ ...shared, ...replies, process: newProcess(), after });
      this.#present.set(name, worker);
    }
    worker.push(batch);
  }

  dismiss(): void {
    for (const [name, worker] of this.#present) {
      const ended = worker.stop().then(() => {
        if (this.#ending.get(name) === ended) this.#ending.delete(name);
      });
      this.#ending.set(name, ended);
    }
    this.#present = new Map();
  }

  /** Resolves when no transaction is in hand any more; each is bounded by its deadline. */
  async stop(): Promise<void> {
    this.dismiss();
    await Promise.all(this.#ending.values());
  }
}
