import type { DatabaseGauges } from '@dozen/database';
import { messagingMetrics as metrics } from '../metrics.js';
import { messagingPolicy } from '../policy.js';

const SHARDS = Array.from({ length: messagingPolicy.shards }, (_, shard) => shard);
const MOST_REFUSED = 1000;

/**
 * Takes one step into the index on (shard, seq) per shard. Refused rows are passed over, since they have an alarm of
 * their own.
 */
export const OUTBOX_AGE = `
  SELECT coalesce(extract(epoch FROM clock_timestamp() - min(lowest.created_at)), 0)::float8 AS age
  FROM unnest($1::smallint[]) AS s (shard)
  CROSS JOIN LATERAL (
    SELECT o.created_at FROM messaging.outbox AS o
    WHERE o.shard = s.shard AND o.refused_at IS NULL ORDER BY o.seq LIMIT 1
  ) AS lowest`;

/** Reads the index of refused rows, which is empty as a rule. ORDER BY leads the planner to it. */
export const OUTBOX_REFUSED = `
  SELECT count(*)::int AS refused
  FROM (SELECT FROM messaging.outbox WHERE refused_at IS NOT NULL ORDER BY topic, key LIMIT ${MOST_REFUSED}) AS r`;

/** Asks what the server counts along anyway: counting the rows would read all of them. */
export const OUTBOX_DEPTH = `
  SELECT pg_stat_get_live_tuples('messaging.outbox'::regclass)::float8 AS depth`;

export const outboxGauges: DatabaseGauges = {
  gauges: [metrics.outboxAge, metrics.outboxDepth, metrics.outboxRefused],
  async read(manager, observe) {
    const [oldest]: { age: number }[] = await manager.query(OUTBOX_AGE, [SHARDS]);
    const [refused]: { refused: number }[] = await manager.query(OUTBOX_REFUSED);
    const [depth]: { depth: number }[] = await manager.query(OUTBOX_DEPTH);
    if (oldest !== undefined) observe(metrics.outboxAge, oldest.age, {});
    if (refused !== undefined) observe(metrics.outboxRefused, refused.refused, {});
    if (depth !== undefined) observe(metrics.outboxDepth, depth.depth, {});
  },
};
