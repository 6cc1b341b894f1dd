import type { DatabaseGauges } from '../gauges.js';
import { databaseMetrics as metrics } from '../metrics.js';
import { JOBS_SCHEMA } from './policy.js';
import type { JobQueue } from './queue.js';

/** What pg-boss' supervisor counted last, kept in one row per queue. */
export const QUEUE_COUNTS = `
  SELECT name, deferred_count AS deferred, ready_count AS ready, active_count AS active, failed_count AS failed
  FROM ${JOBS_SCHEMA}.queue WHERE name = ANY($1)`;

/**
 * How long the first job of each queue has been due, in seconds: negative when it is not yet, null when there is none. Not
 * from the supervisor, which is gone when all workers are. Two steps per queue into pg-boss' index of live jobs.
 */
export const DUE_FOR = `
  SELECT queue.name, extract(epoch FROM clock_timestamp() - min(oldest.start_after))::float8 AS seconds
  FROM unnest($1::text[]) AS queue (name)
  LEFT JOIN LATERAL (
    ${['created', 'retry'].map(oldestIn).join(' UNION ALL ')}
  ) AS oldest ON true
  GROUP BY queue.name`;

function oldestIn(state: string): string {
  return `(SELECT start_after FROM ${JOBS_SCHEMA}.job AS j
     WHERE j.name = queue.name AND j.state = '${state}' AND NOT j.blocked ORDER BY j.start_after LIMIT 1)`;
}

/** The gauges of the queues that `installJobs` has made for a service. */
export function jobGauges(queues: readonly JobQueue[]): DatabaseGauges {
  const names = queues.map(({ name }) => name);
  return {
    gauges: [metrics.jobs, metrics.dueAge],
    async read(manager, observe) {
      if (names.length === 0) return;
      const counts: ({ name: string } & Record<string, number>)[] = await manager.query(QUEUE_COUNTS, [names]);
      for (const { name, ...states } of counts) {
        for (const [state, count] of Object.entries(states)) {
          observe(metrics.jobs, count, { 'dozen.queue': name, 'dozen.job.state': state });
        }
      }
      const due: { name: string; seconds: number | null }[] = await manager.query(DUE_FOR, [names]);
      for (const { name, seconds } of due) observe(metrics.dueAge, Math.max(0, seconds ?? 0), { 'dozen.queue': name });
    },
  };
}
