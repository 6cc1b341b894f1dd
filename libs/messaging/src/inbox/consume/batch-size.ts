import { messagingPolicy } from '../../policy.js';

/** Records per transaction: halved when one runs out of time, and back up in small steps. */
export class BatchSize {
  #now: number = messagingPolicy.batchSize;

  get now(): number {
    return this.#now;
  }

  /** A transaction was in time. */
  grow(): void {
    this.#now = Math.min(this.#now + messagingPolicy.batchGrow, messagingPolicy.batchSize);
  }

  /** One of so many records was not: it may have had fewer than it might. */
  halve(records: number): void {
    this.#now = Math.max(1, Math.floor(Math.min(this.#now, records) / 2));
  }
}
