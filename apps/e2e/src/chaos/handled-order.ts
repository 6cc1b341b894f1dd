import { query } from '../query.js';
import { type LogFindings, logKey, VERSIONED } from './log-reader.js';

/** Message ids in the order in which the gateway handled them, by topic and key. */
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
 * The gateway writes down every event of every order. Of each topic and key that must be what is in the log, in its
 * order, once, whatever was parked and replayed meanwhile; without what an operator `discarded`.
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
