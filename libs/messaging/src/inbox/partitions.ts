import { uuidV7Floor } from '@dozen/kernel';
import type { DataSource } from 'typeorm';
import { messagingPolicy } from '../policy.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const NAME = /^inbox_(\d{4})(\d{2})(\d{2})$/;

/**
 * Makes the inbox's day partitions for the whole window of acceptable ids and two days ahead, and drops those that no
 * acceptable id can be in; forgets operators' decisions of long ago. Run by `migrate` and hourly by consumers; an
 * advisory lock keeps two of them apart.
 */
export async function maintainInboxPartitions(dataSource: DataSource, now: Date): Promise<void> {
  const today = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  const first = today - messagingPolicy.inboxKeepMs - DAY_MS;
  const last = today + messagingPolicy.inboxAheadMs;
  await dataSource.transaction(async (manager) => {
    await manager.query("SET LOCAL lock_timeout = '5s'");
    await manager.query("SELECT pg_advisory_xact_lock(hashtext('messaging.inbox partitions'))");
    const rows: { name: string }[] = await manager.query(
      "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'messaging.inbox'::regclass",
    );
    const existing = new Set(rows.map((row) => row.name.replace('messaging.', '')));
    for (let day = first; day <= last; day += DAY_MS) {
      const name = `inbox_${new Date(day).toISOString().slice(0, 10).replaceAll('-', '')}`;
      if (existing.has(name)) continue;
      await manager.query(
        `CREATE TABLE messaging.${name} PARTITION OF messaging.inbox
         FOR VALUES FROM ('${uuidV7Floor(day)}') TO ('${uuidV7Floor(day + DAY_MS)}')`,
      );
    }
    await manager.query(
      `DELETE FROM messaging.decisions
       WHERE decided_at < now() - interval '${messagingPolicy.decisionsKeepMs} milliseconds'`,
    );
    for (const name of existing) {
      const [, year, month, date] = NAME.exec(name) ?? [];
      if (year !== undefined && Date.UTC(Number(year), Number(month) - 1, Number(date)) < first) {
        await manager.query(`DROP TABLE messaging.${name}`);
      }
    }
  });
}
