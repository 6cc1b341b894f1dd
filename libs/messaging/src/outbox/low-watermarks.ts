import type { OutboxRow, OutboxStore } from './store.js';

interface Proof {
  readonly settled: number;
  readonly era: number;
}

/**
 * Where the reading of a shard may begin: a seq below which no row exists or can come. Without it each read would step
 * over what was deleted since the last vacuum; while somebody holds an old snapshot (a dump, a forgotten session) nothing
 * can be vacuumed, and each read would look at every deleted row again.
 *
 * It is no cursor. "Seen" proves nothing about the seqs in between, which an open transaction may still commit. Proof is:
 * a seq is *settled* when the transaction that took it is over. Note the last seq given out, *then* the transactions that
 * hold the outbox's write lock, which each took before its first seq and drops only after its rows are visible. When
 * all of those are gone, that seq and all below it are settled. A read that began after that shows what is left of them:
 * below its lowest row (or below the settled seq, if that is lower) the shard is empty for good.
 *
 * Held in memory and forgotten at any failure, and whenever the connection of notices was lost: a database that was restored
 * counts anew, and one that has crashed may have taken back the last deletions, which do not wait for the disk.
 */
export class LowWatermarks {
  #lowWatermarks = new Map<number, number>();
  #settled = 0;
  /** Counts what was forgotten: a proof that was begun before is void. */
  #era = 0;
  #probe: { last: number; writers: ReadonlySet<string> } | undefined;

  /** To be taken before a read, for `raise` after it: every seq up to `settled` is of a transaction that is over. */
  get proof(): Proof {
    return { settled: this.#settled, era: this.#era };
  }

  of(shard: number): number {
    return this.#lowWatermarks.get(shard) ?? 0;
  }

  /** Called now and then, with the last seq that was given out before: finishes one proof and begins the next. */
  async settle(store: OutboxStore, last: number): Promise<void> {
    const era = this.#era;
    if (this.#probe === undefined && last === this.#settled) return;
    const probe = this.#probe ?? { last, writers: undefined };
    const writers = await store.writers();
    if (era !== this.#era) return;
    const open = [...(probe.writers ?? writers)].filter((writer) => writers.has(writer));
    this.#probe = open.length > 0 ? { last: probe.last, writers: new Set(open) } : undefined;
    if (open.length === 0) this.#settled = probe.last;
  }

  /** After a read that left nothing out below its highest row. A full one may end before the first row of a shard. */
  raise(proof: Proof, read: { shards: readonly number[]; rows: readonly OutboxRow[]; full: boolean }): void {
    if (proof.era !== this.#era) return;
    for (const shard of read.shards) {
      const found = read.rows.filter((row) => row.shard === shard).map(({ seq }) => Number(seq));
      if (read.full && found.length === 0) continue;
      const lowWatermark = Math.min(proof.settled + 1, ...found);
      this.#lowWatermarks.set(shard, Math.max(lowWatermark, this.of(shard)));
    }
  }

  clear(): void {
    this.#lowWatermarks = new Map();
    this.#settled = 0;
    this.#era += 1;
    this.#probe = undefined;
  }
}
