import { messagingPolicy } from '../../policy.js';
import type { FetchedRecord } from '../port.js';
import { weightOf } from '../weight.js';
import { nameOf, type TopicPartition } from '../topic-partition.js';

/** The size of a usual batch, in bytes: more than a fetch brings of a partition whose batches are not packed. */
const USUAL_BYTES = messagingPolicy.inFlightBytes / 16;

/** The size of a batch that is taken over and not done. */
interface Size {
  readonly bytes: number;
  readonly records: number;
}

/**
 * What this member holds in memory of batches that are not done, over all its partitions, in bytes. A partition is read
 * ahead of what is being handled, so that the next transaction has all that has come meanwhile: up to as many records as
 * one takes, and no more bytes than a usual batch. A packed batch says nothing of what it unpacks to: a few that are
 * crafted for it would fill the memory of any process. What does not fit is let go and fetched again. A batch of usual
 * size always fits where its partition has none: one that stands still with a large batch must not hold up the others.
 */
export class InFlight {
  readonly #batches = new Map<string, Size[]>();
  readonly #waiting = new Map<string, TopicPartition>();

  /** Whether a batch may be taken over; if not, its partition waits. When nothing is in flight it may be of any size. */
  takes(place: TopicPartition, records: readonly FetchedRecord[]): boolean {
    const bytes = records.reduce((sum, record) => sum + weightOf(record), 0);
    const all = [...this.#batches.values()].flat().reduce((sum, batch) => sum + batch.bytes, 0);
    const own = this.#batches.get(nameOf(place)) ?? [];
    const usual = own.length === 0 && bytes <= USUAL_BYTES;
    const fits = all === 0 || usual || all + bytes <= messagingPolicy.inFlightBytes;
    if (fits) this.#batches.set(nameOf(place), [...own, { bytes, records: records.length }]);
    else this.#waiting.set(nameOf(place), place);
    return fits;
  }

  /** Whether a partition may be read ahead of what is in flight of it. */
  mayRead(place: TopicPartition): boolean {
    const own = this.#batches.get(nameOf(place)) ?? [];
    const total = own.reduce(
      (sum, batch) => ({ bytes: sum.bytes + batch.bytes, records: sum.records + batch.records }),
      {
        bytes: 0,
        records: 0,
      },
    );
    return total.records < messagingPolicy.batchSize && total.bytes < USUAL_BYTES;
  }

  /** The first batch of a partition is done: returns the partitions that may be read again, those that waited first. */
  done(place: TopicPartition): readonly TopicPartition[] {
    const own = (this.#batches.get(nameOf(place)) ?? []).slice(1);
    if (own.length > 0) this.#batches.set(nameOf(place), own);
    else this.#batches.delete(nameOf(place));
    const waited = [...this.#waiting.values()];
    this.#waiting.clear();
    return [...waited, place].filter((each) => this.mayRead(each));
  }

  /** A new assignment: what was in flight is to be dropped. */
  clear(): void {
    this.#batches.clear();
    this.#waiting.clear();
  }
}
