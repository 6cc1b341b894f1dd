import type { DataSource, EntityManager } from 'typeorm';

export const DAY_MS = 24 * 60 * 60 * 1000;

/** A table that is range-partitioned by days (UTC); a day's partition is named `<table>_<yyyymmdd>`. */
export interface DayPartitions {
  /** With its schema, unless it is the service's own. */
  readonly table: string;
  /** The smallest partition key that a day can have, as SQL takes it in quotes. `day` is its first ms since the epoch. */
  readonly lowerBound: (day: number) => string;
  /** What is older may be forgotten, in ms. */
  readonly keepMs: number;
  /** How far ahead there shall be partitions, in ms. */
  readonly aheadMs: number;
  /** The longest wait for the table, in ms: whoever needs it meanwhile waits behind this one. */
  readonly lockTimeoutMs: number;
  /** Takes what comes while a day has no partition, and gives it to the day's when that is made. `key` is its key's column. */
  readonly defaultPartition?: { readonly table: string; readonly key: string };
}

/**
 * Makes the missing partitions of the days that are kept and of those ahead, then drops those before: forgetting costs
 * one statement, whatever the number of rows. May run anywhere at any time; an advisory lock keeps two of them apart.
 * Throws 55P03 when the table stays locked; what is missing then is done by the next call.
 */
export async function maintainDayPartitions(dataSource: DataSource, wanted: DayPartitions, now: Date): Promise<void> {
  const first = dayOf(now.getTime() - wanted.keepMs);
  const last = dayOf(now.getTime() + wanted.aheadMs);
  await alone(dataSource, wanted, async (manager, existing) => {
    for (let day = first; day <= last; day += DAY_MS) if (!existing.has(day)) await add(manager, wanted, day);
  });
  await alone(dataSource, wanted, async (manager, existing) => {
    for (const day of existing) if (day < first) await manager.query(`DROP TABLE ${nameOf(wanted.table, day)}`);
  });
}

/** The days that have a partition, as their first ms since the epoch. */
export async function partitionedDays(manager: EntityManager, table: string): Promise<Set<number>> {
  const rows: { name: string }[] = await manager.query(
    'SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass',
    [table],
  );
  return new Set(
    rows.flatMap(({ name }) => {
      const [, year, month, date] = /_(\d{4})(\d{2})(\d{2})$/.exec(name) ?? [];
      return year === undefined ? [] : [Date.UTC(Number(year), Number(month) - 1, Number(date))];
    }),
  );
}

async function alone(
  dataSource: DataSource,
  { table, lockTimeoutMs }: DayPartitions,
  work: (manager: EntityManager, existing: ReadonlySet<number>) => Promise<void>,
): Promise<void> {
  await dataSource.transaction(async (manager) => {
    await manager.query(`SET LOCAL lock_timeout = ${lockTimeoutMs}`);
    await manager.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`${table} partitions`]);
    await work(manager, await partitionedDays(manager, table));
  });
}

/** The partition is attached when it is complete: unlike CREATE TABLE … PARTITION OF, that blocks nobody from the table. */
async function add(manager: EntityManager, wanted: DayPartitions, day: number): Promise<void> {
  const { table, lowerBound, defaultPartition } = wanted;
  const name = nameOf(table, day);
  const [from, to] = [lowerBound(day), lowerBound(day + DAY_MS)];
  await manager.query(`CREATE TABLE ${name} (LIKE ${table} INCLUDING ALL)`);
  if (defaultPartition !== undefined) {
    const { table: source, key } = defaultPartition;
    await manager.query(`
      WITH moved AS (DELETE FROM ${source} WHERE ${key} >= '${from}' AND ${key} < '${to}' RETURNING *)
      INSERT INTO ${name} SELECT * FROM moved`);
  }
  await manager.query(`ALTER TABLE ${table} ATTACH PARTITION ${name} FOR VALUES FROM ('${from}') TO ('${to}')`);
}

function nameOf(table: string, day: number): string {
  return `${table}_${new Date(day).toISOString().slice(0, 10).replaceAll('-', '')}`;
}

function dayOf(millis: number): number {
  return Math.floor(millis / DAY_MS) * DAY_MS;
}
