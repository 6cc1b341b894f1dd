import { messagingPolicy as policy } from '../../../policy.js';

/** How many batches of one answer may fail to unpack: the group waits meanwhile, and each takes some 50 ms at most. */
const FAILURES = 8;

/**
 * What one answer of the broker may come to, over all its partitions: many small batches unpack to as much as a large one.
 * Reading goes on while it is not spent, so that each answer brings at least one batch on.
 */
export class Allowance {
  #bytes: number = policy.unpackBytes;
  #records: number = policy.batchRecords;

  get spent(): boolean {
    return this.#bytes <= 0 || this.#records <= 0;
  }

  take(bytes: number, records: number): void {
    this.#bytes -= bytes;
    this.#records -= records;
  }

  /** Counts a failure. It leaves no bytes behind, but may have taken the time of unpacking `unpackBytes` of them. */
  takeFailure(): void {
    this.#bytes -= policy.unpackBytes / FAILURES;
  }
}
