import type { DatabaseGauges } from './gauges.js';
import { JOBS_SCHEMA } from './jobs/policy.js';
import { databaseMetrics as metrics } from './metrics.js';

/**
 * Size and rows of the tables of these schemas, and of single tables by name. A partitioned table is the sum of its
 * partitions. Reads the catalogue and the size of files, no row of a table.
 */
export const TABLE_SIZES = `
  SELECT CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname || '.' END || root.relname AS name,
         sum(pg_total_relation_size(leaf.oid))::float8 AS bytes, sum(pg_stat_get_live_tuples(leaf.oid))::float8 AS rows
  FROM pg_class AS root
  JOIN pg_namespace AS n ON n.oid = root.relnamespace
  CROSS JOIN LATERAL (
    SELECT root.oid WHERE root.relkind = 'r'
    UNION ALL SELECT t.relid FROM pg_partition_tree(root.oid) AS t WHERE root.relkind = 'p' AND t.isleaf
  ) AS leaf
  WHERE root.relkind IN ('r', 'p') AND NOT root.relispartition
    AND (n.nspname = ANY($1) OR (n.nspname = 'public' AND root.relname = ANY($2)))
  GROUP BY 1`;

/** The schemas whose tables grow with traffic and must have a bound. */
const SCHEMAS = ['messaging', JOBS_SCHEMA];
const TABLES = ['idempotent_requests', 'idempotency_keys'];

export const tableGauges: DatabaseGauges = {
  gauges: [metrics.tableSize, metrics.tableRows],
  async read(manager, observe) {
    const tables: { name: string; bytes: number; rows: number }[] = await manager.query(TABLE_SIZES, [SCHEMAS, TABLES]);
    for (const { name, bytes, rows } of tables) {
      observe(metrics.tableSize, bytes, { 'db.collection.name': name });
      observe(metrics.tableRows, rows, { 'db.collection.name': name });
    }
  },
};
