import { query } from '../query.js';
import type { Poison } from './poison.js';
import type { Databases } from './databases.js';

/*
 * What would an overtaken order look like? The poison is the first message of its key in its topic, so while nobody has decided
 * about it, nothing of that topic may have been done about the order. These are the traces that it would leave.
 */
const TRACES = {
  gateway: 'SELECT message_id::text AS trace FROM timeline WHERE order_id = $1 AND topic = $2',
  orders: `SELECT status AS trace FROM orders WHERE id = $1 AND status <> 'placed' AND $2 = 'billing.events'`,
  billing: `SELECT state AS trace FROM payment WHERE order_id = $1 AND $2 = 'orders.events'`,
  notifier: `SELECT template AS trace FROM mails WHERE order_id = $1 AND $2 = 'orders.events'`,
} as const;

/** One sentence per trace of a message that was handled although poison of its key is put aside. */
export async function overtaking(databases: Databases, { orderId, topic, decisions }: Poison): Promise<string[]> {
  const found: string[] = [];
  for (const service of Object.keys(decisions) as (keyof typeof TRACES)[]) {
    try {
      const rows = await query<{ trace: string }>(databases[service], TRACES[service], [orderId, topic]);
      for (const { trace } of rows) {
        found.push(`${service} handled ${trace} of order ${orderId} past the poison that blocks it in ${topic}`);
      }
    } catch {
      // A fault of the schedule has stopped the database. The log says at the end what this look would have.
    }
  }
  return found;
}
