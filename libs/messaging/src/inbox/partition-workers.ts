import type { FetchedBatch } from '../broker/port.js';
import { PartitionWorker, type PartitionWorkerOptions } from './partition-worker.js';

type Shared = Pick<PartitionWorkerOptions, 'progress' | 'blocked' | 'logger'> & {
  /** What handles the records of a partition from its assignment on. */
  readonly startProcess: () => PartitionWorkerOptions['process'];
};

/** What the workers of one client's batches tell it. */
export type Replies = Pick<PartitionWorkerOptions, 'handled' | 'done'>;

/**
 * A worker per partition. When partitions move all are dismissed: their queues are void, the transactions in hand may end on
 * their own, and what they say goes to the client whose batch it was. A partition's next worker begins after that.
 */
export class PartitionWorkers {
  readonly #shared: Shared;
  #present = new Map<string, PartitionWorker>();
  readonly #ending = new Map<string, Promise<void>>();

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  /** No batch is in hand, or waits for its turn, but of workers that were dismissed. */
  get idle(): boolean {
    return [...this.#present.values()].every((worker) => worker.idle);
  }

  push(batch: FetchedBatch, replies: Replies): void {
    const name = `${batch.topic}/${batch.partition}`;
    let worker = this.#present.get(name);
    if (worker === undefined) {
      const after = this.#ending.get(name) ?? Promise.resolve();
      const { startProcess, progress, blocked, logger } = this.#shared;
      worker = new PartitionWorker({ process: startProcess(), progress, blocked, logger, ...replies, after });
      this.#present.set(name, worker);
    }
    worker.push(batch);
  }

  /** Resolves when what those that are dismissed now have in hand has ended. */
  async dismiss(): Promise<void> {
    const dismissed = [...this.#present].map(([name, worker]) => {
      const ended = worker.stop().then(() => {
        if (this.#ending.get(name) === ended) this.#ending.delete(name);
      });
      this.#ending.set(name, ended);
      return ended;
    });
    this.#present = new Map();
    await Promise.all(dismissed);
  }

  /** Dismisses all; resolves when no transaction is in hand any more, of those dismissed before either. */
  async finish(): Promise<void> {
    void this.dismiss();
    await Promise.all(this.#ending.values());
  }
}
