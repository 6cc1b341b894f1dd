import type { DatabaseGauges } from '@dozen/database';
import { messagingMetrics as metrics } from '../metrics.js';
import { PARKED_STATE, type ParkedState } from '../operator/dead-letters.js';

/** So many of the oldest are enough to know that somebody must look. */
const MOST = 10_000;

/** Goes by the primary key, so that it reads no more than it counts. ORDER BY leads the planner there. */
export const PARKED_BY_STATE = `
  SELECT ${PARKED_STATE} AS state, count(*)::int AS count
  FROM (SELECT code, retry_at FROM messaging.parked_messages ORDER BY id LIMIT ${MOST}) AS p
  GROUP BY 1`;

const STATES: readonly ParkedState[] = ['dead', 'retrying', 'waiting'];

export const parkedGauges: DatabaseGauges = {
  gauges: [metrics.parked],
  async read(manager, observe) {
    const rows: { state: ParkedState; count: number }[] = await manager.query(PARKED_BY_STATE);
    for (const state of STATES) {
      observe(metrics.parked, rows.find((row) => row.state === state)?.count ?? 0, { 'dozen.parked.state': state });
    }
  },
};
