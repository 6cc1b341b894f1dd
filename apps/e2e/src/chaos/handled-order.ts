import { query } from '../query.js';
import { type LogFindings, logKey, VERSIONED } from './log-reader.js';

/** The message ids of each topic and key, in the order in which the gateway handled them. */
export async function readHandled(gatewayDatabase: string): Promise<Map<string, string[]>> {
  const rows = await query<{ key: string; topic: string; ids: string[] }>(
    gatewayDatabase,
    `SELECT order_id AS key, topic, array_agg(message_id::text ORDER BY position) AS ids
     FROM timeline WHERE topic = ANY($1) GROUP BY 1, 2`,
    [VERSIONED],
  );
  return new Map(rows.map(({ key, topic, ids }) => [logKey(topic, key), ids]));
}

/**
 * Compares the timelines with the log. The gateway writes down every event of every order, so for each topic and key it must
 * have what the log has, in the same order and once, whatever was parked and replayed meanwhile, without what an operator
 * `discarded`.
 */
export function handledOtherwise(
  log: LogFindings['ids'],
  handled: ReadonlyMap<string, readonly string[]>,
  discarded: ReadonlySet<string>,
): string[] {
  return [...log].flatMap(([key, logged]) => {
    const wanted = logged.filter((id) => !discarded.has(id));
    const found = handled.get(key) ?? [];
    if (wanted.join() === found.join()) return [];
    const missing = wanted.filter((id) => !found.includes(id));
    const extra = found.filter((id, index) => !wanted.includes(id) || found.indexOf(id) !== index);
    if (missing.length > 0) return [`of ${key} the gateway never handled ${missing.join(', ')}`];
    if (extra.length > 0) return [`of ${key} the gateway handled ${extra.join(', ')} once too often`];
    return [`the events of ${key} were handled in another order than that of the log`];
  });
}
