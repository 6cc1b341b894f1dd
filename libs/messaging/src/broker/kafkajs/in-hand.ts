import { messagingPolicy } from '../../policy.js';
import type { FetchedRecord } from '../port.js';
import { weightOf } from '../weight.js';
import type { TopicPartition } from './positions.js';

/** Of a batch that is always taken over, in bytes: more than a fetch brings of a partition that is not packed. */
const USUAL_BYTES = messagingPolicy.inHandBytes / 16;

/**
 * What this member holds in memory of batches that are not done, over all its partitions, in bytes. Each partition may have
 * a batch in hand, and a packed one says nothing of what it unpacks to: a few that are crafted for it would fill the
 * memory of any process. What does not fit is let go and fetched again. A batch of usual size always fits: a partition that
 * stands still with a large one must not hold up the others.
 */
export class InHand {
  readonly #bytes = new Map<string, number>();
  readonly #waiting = new Map<string, TopicPartition>();

  /** Whether a batch may be taken over; if not, its partition waits. One alone always may, whatever its size. */
  takes(place: TopicPartition, records: readonly FetchedRecord[]): boolean {
    const bytes = records.reduce((sum, record) => sum + weightOf(record), 0);
    const held = [...this.#bytes.values()].reduce((sum, each) => sum + each, 0);
    const fits = held === 0 || bytes <= USUAL_BYTES || held + bytes <= messagingPolicy.inHandBytes;
    if (fits) this.#bytes.set(nameOf(place), bytes);
    else this.#waiting.set(nameOf(place), place);
    return fits;
  }

  /** A batch is done: returns the partitions that may be read again, those that waited first. */
  done(place: TopicPartition): readonly TopicPartition[] {
    this.#bytes.delete(nameOf(place));
    const waited = [...this.#waiting.values()];
    this.#waiting.clear();
    return [...waited, place];
  }

  /** A new assignment: what was in hand is to be dropped. */
  clear(): void {
    this.#bytes.clear();
    this.#waiting.clear();
  }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
