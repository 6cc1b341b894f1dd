import { query } from '../query.js';

/** Tables that must be empty, or small, when nothing is in progress any more: a table that grows without a bound is a fault. */
const BOUNDS = [
  { what: 'rows in the outbox', sql: 'SELECT count(*)::int AS n FROM messaging.outbox', most: 0 },
  { what: 'blocked keys', sql: 'SELECT count(*)::int AS n FROM messaging.parked_keys', most: 0 },
  { what: 'relay members', sql: 'SELECT count(*)::int AS n FROM messaging.relay_members', most: 2 },
  {
    what: 'inbox partitions',
    sql: `SELECT count(*)::int AS n FROM pg_inherits WHERE inhparent = 'messaging.inbox'::regclass`,
    most: 20,
  },
  {
    what: 'transactions open for 10 s',
    sql: `SELECT count(*)::int AS n FROM pg_stat_activity
          WHERE datname = current_database() AND xact_start < now() - interval '10 s'`,
    most: 0,
  },
] as const;

/** One sentence per bound that does not hold. */
export async function brokenBounds(databases: Readonly<Record<string, string>>): Promise<string[]> {
  const faults = await Promise.all(
    Object.entries(databases).map(async ([service, connectionString]) => {
      const found: string[] = [];
      for (const { what, sql, most } of BOUNDS) {
        const [row] = await query<{ n: number }>(connectionString, sql);
        const n = row?.n ?? Infinity;
        if (n > most) found.push(`${service} has ${n} ${what}, at most ${most} are right`);
      }
      return found;
    }),
  );
  return faults.flat();
}
