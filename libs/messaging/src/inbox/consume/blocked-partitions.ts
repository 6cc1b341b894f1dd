import { errorType } from '@dozen/telemetry';

/** A partition that repeats an error: every order in it waits. */
export interface BlockedPartition {
  readonly topic: string;
  readonly partition: number;
  /** The code of the last error, `_OTHER` when it has none; undefined while there was no error. */
  readonly code: string | undefined;
  /** For how long nothing in it has moved, in ms; 0 once it has again. */
  readonly blockedMs: number;
}

interface Entry extends Omit<BlockedPartition, 'blockedMs'> {
  since: number | undefined;
}

/**
 * Which partitions of this process stand still with an error, since when and with which. An outage makes all of them wait
 * and is seen elsewhere, too; what nothing else shows is one partition that waits while the others go on.
 */
export class BlockedPartitions {
  /**
   * By partition and code: what was blocked once is told as 0 afterwards, or a metric would keep its last value; and what
   * never was from the first record on, or there would be none before the first error.
   */
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => number;

  constructor(options: { now?: () => number } = {}) {
    this.#now = options.now ?? (() => performance.now());
  }

  /** Notes an error. The time counts from the first of several in a row. */
  failed({ topic, partition }: Pick<BlockedPartition, 'topic' | 'partition'>, error: unknown): void {
    const code = errorType(error);
    const entries = this.#of(topic, partition);
    const since = entries.find((entry) => entry.since !== undefined)?.since ?? this.#now();
    for (const entry of entries) entry.since = undefined;
    this.#entries.set(`${topic}/${partition}/${code}`, { topic, partition, code, since });
  }

  /** Notes that the partition moves: something in it is done, or it no longer belongs to this process. */
  moved({ topic, partition }: Pick<BlockedPartition, 'topic' | 'partition'>): void {
    const entries = this.#of(topic, partition);
    for (const entry of entries) entry.since = undefined;
    if (entries.length > 0) return;
    this.#entries.set(`${topic}/${partition}`, { topic, partition, code: undefined, since: undefined });
  }

  /** Every partition that has had something to do. */
  get seen(): readonly BlockedPartition[] {
    const now = this.#now();
    return [...this.#entries.values()].map(({ topic, partition, code, since }) => {
      return { topic, partition, code, blockedMs: since === undefined ? 0 : now - since };
    });
  }

  /** For a health check: `orders.events/3 for 75 s (40P01)`; undefined when nothing stands still. */
  describe(): string | undefined {
    const blocked = [...this.#entries.values()].flatMap(({ topic, partition, code, since }) =>
      since === undefined || code === undefined
        ? []
        : [`${topic}/${partition} for ${Math.round((this.#now() - since) / 1000)} s (${code})`],
    );
    return blocked.length === 0 ? undefined : blocked.sort().join(', ');
  }

  #of(topic: string, partition: number): Entry[] {
    return [...this.#entries.values()].filter((entry) => entry.topic === topic && entry.partition === partition);
  }
}
