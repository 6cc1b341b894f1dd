import type { Sandbox } from '../sandbox.js';

/** Claims of the last week, evenly, in the order of their time: what a consumer leaves behind. */
export async function writeHistory(sandbox: Sandbox, rows: number): Promise<void> {
  await sandbox.dataSource.query(
    `INSERT INTO messaging.inbox (message_id, consumer)
     SELECT uuidv7(interval '-7 days' * (1 - n::float / $1)), 'history' FROM generate_series(1, $1::int) AS n`,
    [rows],
  );
  await sandbox.dataSource.query('VACUUM ANALYZE messaging.inbox');
}
