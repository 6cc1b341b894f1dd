import type { OutboxRow, OutboxStore } from './store.js';

interface Proof {
  readonly safePoint: number;
  readonly generation: number;
}

/**
 * Where the reading of each shard may begin. Its low watermark is a seq below which no row exists or can come. Without
 * it each read would step over every row that was deleted since the last vacuum, and while somebody holds an old
 * snapshot (a dump, a forgotten session) nothing can be vacuumed.
 *
 * A low watermark is no cursor: that a seq was read proves nothing about the seqs below it, which an open transaction
 * may still commit. What proves it is the *safe point*: every seq up to it was taken by a transaction that is over. To
 * advance the safe point, note the last seq that was given out, and then the transactions that hold the outbox's write
 * lock. Each writer takes that lock before its first seq and drops it only after its rows are visible. When all the
 * noted ones are gone, the noted seq is the safe point. A read that begins after that shows what is left: below its
 * lowest row, and up to the safe point where it found none, the shard is empty for good.
 *
 * Low watermarks and safe point are in memory alone. They are forgotten at any failure and whenever the connection of
 * notifications was lost: a database that was restored counts anew, and one that has crashed may have taken back the last
 * deletions, which do not wait for the disk. The *generation* counts how often that happened, so that a proof from
 * before it is not used.
 */
export class LowWatermarks {
  #lowWatermarks = new Map<number, number>();
  #safePoint = 0;
  /** Rises whenever everything is forgotten: a proof of an earlier generation is void. */
  #generation = 0;
  #probe: { last: number; writers: ReadonlySet<string> } | undefined;

  /**
   * What a read proves when it began now: every seq up to `safePoint` is of a transaction that is over. Pass it to
   * `raise` after the read.
   */
  get proof(): Proof {
    return { safePoint: this.#safePoint, generation: this.#generation };
  }

  of(shard: number): number {
    return this.#lowWatermarks.get(shard) ?? 0;
  }

  /**
   * Ends one probe and begins the next. `last` is the last seq that was given out before the call. To be called now and
   * then.
   */
  async advanceSafePoint(store: OutboxStore, last: number): Promise<void> {
    const generation = this.#generation;
    if (this.#probe === undefined && last === this.#safePoint) return;
    const probe = this.#probe ?? { last, writers: undefined };
    const writers = await store.writers();
    if (generation !== this.#generation) return;
    const open = [...(probe.writers ?? writers)].filter((writer) => writers.has(writer));
    this.#probe = open.length > 0 ? { last: probe.last, writers: new Set(open) } : undefined;
    if (open.length === 0) this.#safePoint = probe.last;
  }

  /**
   * To be called after a read that left nothing out below its highest row. A full one may end before the first row of a
   * shard, and then says nothing of that shard.
   */
  raise(proof: Proof, read: { shards: readonly number[]; rows: readonly OutboxRow[]; full: boolean }): void {
    if (proof.generation !== this.#generation) return;
    for (const shard of read.shards) {
      const found = read.rows.filter((row) => row.shard === shard).map(({ seq }) => Number(seq));
      if (read.full && found.length === 0) continue;
      const lowWatermark = Math.min(proof.safePoint + 1, ...found);
      this.#lowWatermarks.set(shard, Math.max(lowWatermark, this.of(shard)));
    }
  }

  clear(): void {
    this.#lowWatermarks = new Map();
    this.#safePoint = 0;
    this.#generation += 1;
    this.#probe = undefined;
  }
}
