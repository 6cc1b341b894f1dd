import type { OutOfRange } from '../port.js';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Of an assignment as kafkajs tells it: partitions by topic. */
export function placesOf(assignment: Readonly<Record<string, readonly number[]>>): TopicPartition[] {
  return Object.entries(assignment).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic, partition })),
  );
}

/**
 * The next offset of each partition that may be read, within one generation. kafkajs has positions of its own, and they can
 * be moved behind our back: by its reset after OFFSET_OUT_OF_RANGE, and, with several brokers, by an answer to a fetch
 * of the last generation that comes in after the rejoin. What does not begin at the position kept here is not handed over.
 */
export class Positions {
  readonly #next = new Map<string, bigint>();
  readonly #outOfRange = new Map<string, OutOfRange>();

  get outOfRange(): readonly OutOfRange[] {
    return [...this.#outOfRange.values()];
  }

  /** Nothing may be read any more. */
  close(): void {
    this.#next.clear();
  }

  /** A new generation: nothing may be read before it is admitted. */
  clear(): void {
    this.close();
    this.#outOfRange.clear();
  }

  admit(partition: TopicPartition, start: string): void {
    this.#next.set(nameOf(partition), BigInt(start));
  }

  bar(place: OutOfRange): void {
    this.#next.delete(nameOf(place));
    this.#outOfRange.set(nameOf(place), place);
  }

  /** The next offset to read; undefined while the partition may not be read. */
  next(partition: TopicPartition): bigint | undefined {
    return this.#next.get(nameOf(partition));
  }

  /** Everything up to and with `offset` was handed over, or holds no record to hand over. */
  passed(partition: TopicPartition, offset: string): void {
    if (this.#next.has(nameOf(partition))) this.#next.set(nameOf(partition), BigInt(offset) + 1n);
  }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
