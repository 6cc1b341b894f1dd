import { DAY_MS, type DayPartitions, maintainDayPartitions } from '@dozen/database';
import { uuidV7LowerBound } from '@dozen/kernel';
import type { DataSource } from 'typeorm';
import { messagingPolicy } from '../policy.js';

/** A UUIDv7 carries its time, so a range of ids is a day. The day in which the oldest acceptable id can be is kept. */
const INBOX: DayPartitions = {
  table: 'messaging.inbox',
  lowerBound: uuidV7LowerBound,
  keepMs: messagingPolicy.inboxKeepMs + DAY_MS,
  aheadMs: messagingPolicy.inboxAheadMs,
  lockTimeoutMs: messagingPolicy.inboxLockMs,
};

/**
 * Makes the inbox's day partitions for the whole window of acceptable ids and some ahead, and drops those that no
 * acceptable id can be in; forgets operators' decisions of long ago. Run by `migrate` and hourly by consumers.
 */
export async function maintainInboxPartitions(dataSource: DataSource, now: Date): Promise<void> {
  await maintainDayPartitions(dataSource, INBOX, now);
  await dataSource.query(
    `DELETE FROM messaging.decisions
     WHERE decided_at < now() - interval '${messagingPolicy.decisionsKeepMs} milliseconds'`,
  );
}
