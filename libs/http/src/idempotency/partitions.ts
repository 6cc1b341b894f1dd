import { DAY_MS, type DayPartitions, maintainDayPartitions, partitionedDays } from '@dozen/database';
import type { DataSource } from 'typeorm';

/*
 * | name | why this value |
 * |---|---|
 * | keepMs | 24 h, and an hour for transactions that began before midnight and look back 24 h from there |
 * | aheadMs | nobody notices a failure of several days at once; one partition is an empty table and an index |
 * | alarmMs | a working day to look into it, before rows go to the default partition |
 * | lockTimeoutMs | requests wait behind DDL that waits; a tenth of their own lock_timeout (2 s) is no outage |
 */
const policy = { keepMs: 25 * 60 * 60 * 1000, aheadMs: 4 * DAY_MS, alarmMs: 2 * DAY_MS, lockTimeoutMs: 200 };

const KEYS: DayPartitions = {
  table: 'idempotent_requests',
  lowerBound: (day) => new Date(day).toISOString(),
  keepMs: policy.keepMs,
  aheadMs: policy.aheadMs,
  lockTimeoutMs: policy.lockTimeoutMs,
  defaultPartition: { table: 'idempotent_requests_spare', key: 'created_at' },
};

/** Makes the days ahead and drops those whose keys are all older than 24 hours, by the database's clock. */
export async function maintainIdempotencyPartitions(dataSource: DataSource): Promise<void> {
  await maintainDayPartitions(dataSource, KEYS, await databaseTime(dataSource));
}

/**
 * How many days from now on have a partition, when they are so few that the maintenance must have failed for days; undefined
 * otherwise. At 0 no request fails, but what comes stays until the maintenance works again.
 */
export async function fewIdempotencyDays(dataSource: DataSource): Promise<number | undefined> {
  const now = (await databaseTime(dataSource)).getTime();
  const days = [...(await partitionedDays(dataSource.manager, KEYS.table))].filter((day) => day > now - DAY_MS);
  return days.length * DAY_MS <= policy.alarmMs ? days.length : undefined;
}

async function databaseTime(dataSource: DataSource): Promise<Date> {
  const [row]: { now: Date }[] = await dataSource.query('SELECT now() AS now');
  if (row === undefined) throw new Error('SELECT without a row');
  return row.now;
}
