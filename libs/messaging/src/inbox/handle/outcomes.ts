import { recorder } from '@dozen/telemetry';
import { messagingMetrics as metrics } from '../../metrics.js';
import type { FetchedRecord } from '../../broker/port.js';
import type { Run } from './handling.js';
import type { Item } from './record-reader.js';
import type { ParkedRecord } from './store.js';

/** What became of the records of one committed batch. */
export interface Outcome {
  readonly items: readonly Item[];
  /** Those whose ids were not known. */
  readonly fresh: readonly Item[];
  readonly runs: readonly Run[];
  readonly parked: readonly ParkedRecord[];
}

/** Counts messages by outcome. To be called after the commit, since what is rolled back did not happen. */
export class Outcomes {
  readonly #consumed = recorder(metrics.consumed);

  count({ items, fresh, runs, parked }: Outcome): void {
    const of = <T>(all: readonly T[], topic: string, recordOf: (one: T) => FetchedRecord): T[] =>
      all.filter((one) => recordOf(one).topic === topic);
    for (const topic of new Set(items.map(({ record }) => record.topic))) {
      this.#count(topic, {
        items: of(items, topic, ({ record }) => record),
        fresh: of(fresh, topic, ({ record }) => record),
        runs: of(runs, topic, ({ item }) => item.record),
        parked: of(parked, topic, ({ record }) => record),
      });
    }
  }

  #count(topic: string, { items, fresh, runs, parked }: Outcome): void {
    const retried = parked.filter(({ retryInMs }) => retryInMs !== null).length;
    const waiting = parked.filter(({ error }) => error === undefined).length;
    const counts = {
      handled: runs.length,
      duplicate: items.length - fresh.length,
      parked: retried,
      waiting,
      dead_letter: parked.length - retried - waiting,
    };
    for (const [outcome, count] of Object.entries(counts)) {
      if (count > 0) {
        this.#consumed.record(count, { 'messaging.destination.name': topic, 'dozen.outcome': outcome });
      }
    }
  }
}
