import { messageOf, pause } from '@dozen/kernel';
import type { Logger } from '@dozen/telemetry';
import type { Batch, Consumer } from 'kafkajs';
import { messagingError } from '../../errors.js';
import { messagingPolicy } from '../../policy.js';
import type { OutOfRange, PartitionRange } from '../port.js';
import { stateOf } from '../range.js';
import { nameOf, type TopicPartition } from '../topic-partition.js';
import { fetchedFrom } from './records.js';

export interface PartitionGateOptions {
  readonly consumer: Consumer;
  readonly logger: Logger;
  /** Where the group stands; rejects when the broker does not say in time. */
  readonly ranges: (topics: readonly string[]) => Promise<readonly PartitionRange[]>;
  /** Aborted for good when nothing may be read any more. */
  readonly signal: AbortSignal;
}

/**
 * Which partitions of the assignment may be read, and from where; names are as on the broker. All are shut at each
 * assignment, since kafkajs keeps its pauses over a rejoin. Then each partition is looked at: where the group stands against
 * what the log holds. Inside the log it opens there. Outside it stays shut, as `outOfRange`, and nothing is reset.
 *
 * kafkajs has positions of its own, and they can be moved behind our back: by its reset after OFFSET_OUT_OF_RANGE, and,
 * with several brokers, by an answer to a fetch of the last generation that comes in after the rejoin. What does not begin
 * at the position kept here is not handed over.
 */
export class PartitionGate {
  readonly #options: PartitionGateOptions;
  /** The next offset to read of each partition that is open. */
  readonly #next = new Map<string, bigint>();
  readonly #outOfRange = new Map<string, OutOfRange>();

  constructor(options: PartitionGateOptions) {
    this.#options = options;
  }

  get outOfRange(): readonly OutOfRange[] {
    return [...this.#outOfRange.values()];
  }

  /** A new generation: nothing is read before it is opened. */
  shut(assigned: readonly TopicPartition[]): void {
    this.close();
    this.#outOfRange.clear();
    for (const place of assigned) this.#pause(place);
  }

  /** Nothing of this assignment is read any more; what is out of range stays known until the next one. */
  close(): void {
    this.#next.clear();
  }

  /** Tries until every partition was looked at, or `valid` says that the assignment is over. Never rejects. */
  async openAll(assigned: readonly TopicPartition[], valid: () => boolean): Promise<void> {
    const { ranges, logger, signal } = this.#options;
    const topics = [...new Set(assigned.map(({ topic }) => topic))];
    let pending = assigned;
    while (pending.length > 0 && valid()) {
      try {
        const found = await ranges(topics);
        const looked = found.filter((range) => pending.some((place) => isSame(place, range)));
        if (valid()) await this.#recordStart(looked);
        if (valid()) for (const range of looked) this.#open(range);
        pending = pending.filter((place) => !looked.some((range) => isSame(place, range)));
      } catch (error) {
        logger.debug({ reason: messageOf(error) }, 'where the group stands is not known yet');
      }
      if (pending.length > 0) await pause(messagingPolicy.retry.firstMs, signal);
    }
  }

  /** Whether the batch begins where this partition goes on; if not, it is fetched again from there. */
  takes(batch: Batch): boolean {
    const next = this.#next.get(nameOf(batch));
    if (next === undefined) return false;
    if (fetchedFrom(batch) === next) return true;
    this.seekBack(batch);
    this.resume(batch);
    return false;
  }

  /** The partition's next fetch begins where it goes on. */
  seekBack({ topic, partition }: TopicPartition): void {
    const next = this.#next.get(nameOf({ topic, partition }));
    if (next !== undefined) this.#options.consumer.seek({ topic, partition, offset: next.toString() });
  }

  /** Everything up to and with `offset` was handed over, or holds no record to hand over. */
  passed(place: TopicPartition, offset: string): void {
    if (this.#next.has(nameOf(place))) this.#next.set(nameOf(place), BigInt(offset) + 1n);
  }

  /** Never throws. */
  resume(place: TopicPartition): void {
    if (this.#options.signal.aborted || !this.#next.has(nameOf(place))) return;
    try {
      this.#options.consumer.resume([{ topic: place.topic, partitions: [place.partition] }]);
    } catch (error) {
      // Between a crash and its restart there is no group; the next assignment resumes.
      this.#options.logger.debug({ reason: messageOf(error) }, 'partition not resumed');
    }
  }

  /**
   * Keeps kafkajs from the reset that it has just announced, by throwing MSG-OFFSET-RANGE into it. kafkajs then tries
   * again, without the partition.
   */
  refuseReset({ topic, partition }: TopicPartition): void {
    const name = nameOf({ topic, partition });
    const offset = this.#next.get(name)?.toString() ?? 'unknown';
    this.#pause({ topic, partition });
    this.#markOutOfRange({ topic, partition, offset }, {});
    throw messagingError('MSG-OFFSET-RANGE', `${name} is not reset`);
  }

  #open(range: PartitionRange): void {
    const { topic, partition, low, high, committed: offset = low } = range;
    const state = stateOf(range);
    if (state === 'below' || state === 'above') {
      this.#markOutOfRange({ topic, partition, offset }, { low, high });
      return;
    }
    this.#next.set(nameOf(range), BigInt(offset));
    this.#options.consumer.seek({ topic, partition, offset });
    this.resume(range);
  }

  /** A group that reads for the first time says where it begins, or what is lost before its first commit is not noticed. */
  async #recordStart(ranges: readonly PartitionRange[]): Promise<void> {
    const starts = ranges.filter(({ committed }) => committed === undefined);
    if (starts.length === 0) return;
    const offsets = starts.map(({ topic, partition, low }) => ({ topic, partition, offset: low }));
    await this.#options.consumer.commitOffsets(offsets);
  }

  #markOutOfRange(place: OutOfRange, log: { low?: string; high?: string }): void {
    this.#next.delete(nameOf(place));
    this.#outOfRange.set(nameOf(place), place);
    const { topic, partition, offset } = place;
    this.#options.logger.error(
      { code: 'MSG-OFFSET-RANGE', topic, partition, next_offset: offset, ...log },
      'the next offset is not in the log; the partition is not read until an operator sets it',
    );
  }

  #pause({ topic, partition }: TopicPartition): void {
    this.#options.consumer.pause([{ topic, partitions: [partition] }]);
  }
}

function isSame(a: TopicPartition, b: TopicPartition): boolean {
  return a.topic === b.topic && a.partition === b.partition;
}
