/** As the broker names them beside a partition's batches. */
export interface AbortedTransaction {
  readonly producerId: string;
  readonly firstOffset: string;
}

/**
 * Whose transaction, among the batches of one answer, came to nothing. kafkajs' own filter takes up one of them per
 * record, in the order of the answer, and any record with a key of four zeros for the end of one.
 */
export class AbortedTransactions {
  readonly #coming: { readonly producerId: string; readonly first: bigint }[];
  readonly #producers = new Set<string>();

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#coming = aborted
      .map(({ producerId, firstOffset }) => ({ producerId, first: BigInt(firstOffset) }))
      .sort((a, b) => (a.first < b.first ? -1 : 1));
  }

  /** Opens the transactions that began up to there. To be called for every batch, in their order. */
  moveTo(lastOffset: bigint): void {
    while (this.#coming[0] !== undefined && this.#coming[0].first <= lastOffset) {
      this.#producers.add(this.#coming[0].producerId);
      this.#coming.shift();
    }
  }

  has(producerId: string): boolean {
    return this.#producers.has(producerId);
  }

  ended(producerId: string): void {
    this.#producers.delete(producerId);
  }
}
