import { type GaugeDefinition, type GaugesOptions, type Observe, observeGauges } from '@dozen/telemetry';
import type { DataSource, EntityManager } from 'typeorm';
import { openTransaction } from './unit/transaction.js';

/** Gauges that are read off the database. Their statements must cost the same however large the tables are. */
export interface DatabaseGauges {
  readonly gauges: readonly GaugeDefinition[];
  readonly read: (manager: EntityManager, observe: Observe) => Promise<void>;
}

/*
 * | value             | reason                                                                             |
 * | deadlineMs 2 s    | all of it takes milliseconds; a database in trouble has better things to do        |
 * | lockTimeoutMs 100 | only DDL is in its way; the next export comes in a minute                          |
 */
const LIMITS = { deadlineMs: 2_000, lockTimeoutMs: 100 };

/**
 * Reads all of them in one short transaction per export. Every process does so, since each of them may be the only one
 * that lives when something is wrong: take the maximum over the processes of a service, not their sum. Nothing is read
 * while `ready` says no. Returns what ends it.
 */
export function observeDatabase(
  dataSource: DataSource,
  sources: readonly DatabaseGauges[],
  { ready, onError }: { ready: () => boolean; onError: GaugesOptions['onError'] },
): () => void {
  return observeGauges({
    gauges: sources.flatMap(({ gauges }) => gauges),
    onError,
    async look(observe) {
      if (!dataSource.isInitialized || !ready()) return;
      const transaction = await openTransaction(dataSource, LIMITS);
      try {
        for (const { read } of sources) await read(transaction.manager, observe);
      } finally {
        await transaction.rollback();
      }
    },
  });
}
