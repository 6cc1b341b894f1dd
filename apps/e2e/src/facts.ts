import type { ServiceName } from '@dozen/manifest';
import type { Facts, OrderFact } from './judge.js';
import type { Mails } from './mail-folder.js';
import { query } from './query.js';

export interface Sources {
  /** Connection strings. */
  readonly databases: Readonly<Record<ServiceName, string>>;
  readonly provider: { readonly url: string; readonly key: string };
  readonly mails: Mails;
  readonly accepted: readonly string[];
  /** Orders that somebody asked to be cancelled. */
  readonly cancelRequested?: readonly string[];
  /** From `readUnits`, before the run. */
  readonly seeded: ReadonlyMap<string, number>;
}

/** Reads everything that the judge wants to know about all orders of the system. */
export async function readFacts(sources: Sources): Promise<Facts> {
  const { databases, provider, mails, accepted, cancelRequested = [], seeded } = sources;
  return {
    accepted,
    cancelRequested,
    orders: await readOrders(databases),
    stock: await readStock(databases.orders),
    seeded,
    payments: await readPayments(databases.billing),
    ...(await readLedger(databases.billing)),
    charges: await readCharges(provider),
    mails: await mails.read(),
    timelines: await readTimelines(databases.gateway),
    deadLetters: (await Promise.all(Object.entries(databases).map(readDeadLetters))).flat(),
  };
}

/** As orders has them, with what the gateway shows. */
async function readOrders({ orders, gateway }: Sources['databases']): Promise<OrderFact[]> {
  const rows = await query(orders, 'SELECT id, status, items, total_amount FROM orders');
  const views = await query(
    gateway,
    `SELECT id, status, view->'cancellation'->>'status' AS cancellation, view->'cancellation'->>'reason' AS refusal
       FROM orders`,
  );
  const shown = new Map(views.map((view) => [String(view['id']), view]));
  return rows.map((row) => {
    const total = row['total_amount'];
    const view = shown.get(String(row['id']));
    return {
      id: String(row['id']),
      status: String(row['status']),
      items: row['items'] as OrderFact['items'],
      total: total === null ? undefined : Number(total),
      shown: text(view?.['status']),
      cancellation: text(view?.['cancellation']),
      refusal: text(view?.['refusal']),
    };
  });
}

async function readStock(ordersDatabase: string): Promise<Facts['stock']> {
  const rows = await query(ordersDatabase, 'SELECT * FROM stock');
  return rows.map((row) => ({
    sku: String(row['sku']),
    available: Number(row['available']),
    reserved: Number(row['reserved']),
    sold: Number(row['sold']),
  }));
}

async function readPayments(billingDatabase: string): Promise<Facts['payments']> {
  const rows = await query(billingDatabase, 'SELECT order_id, state, amount FROM payment');
  return rows.map((row) => ({
    orderId: String(row['order_id']),
    state: String(row['state']),
    amount: Number(row['amount']),
  }));
}

async function readLedger(billingDatabase: string): Promise<Pick<Facts, 'ledgerSums' | 'clearing'>> {
  const sums = await query(
    billingDatabase,
    'SELECT payment_id, booking, sum(amount) AS sum FROM ledger_entry GROUP BY 1, 2',
  );
  const [clearing] = await query(
    billingDatabase,
    `SELECT coalesce(sum(amount), 0) AS sum FROM ledger_entry WHERE account = 'provider_clearing'`,
  );
  return {
    ledgerSums: sums.map((row) => ({
      transaction: `${String(row['payment_id'])}:${String(row['booking'])}`,
      sum: Number(row['sum']),
    })),
    clearing: Number(clearing?.['sum']),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Units of each SKU, free, reserved and sold together: what a run must not change. */
export async function readUnits(ordersDatabase: string): Promise<Map<string, number>> {
  const rows = await query(ordersDatabase, 'SELECT sku, available + reserved + sold AS units FROM stock');
  return new Map(rows.map((row) => [String(row['sku']), Number(row['units'])]));
}

async function readCharges({ url, key }: Sources['provider']): Promise<Facts['charges']> {
  const response = await fetch(new URL('/v1/charges', url), { headers: { authorization: `Bearer ${key}` } });
  const { charges } = (await response.json()) as { charges: Facts['charges'] };
  return charges;
}

async function readTimelines(gatewayDatabase: string): Promise<Facts['timelines']> {
  const rows = await query(
    gatewayDatabase,
    `SELECT order_id, array_agg(position ORDER BY position) AS positions,
            coalesce(array_agg(aggregate_version ORDER BY position) FILTER (WHERE topic = 'orders.events' AND aggregate_version IS NOT NULL), '{}') AS versions
     FROM timeline GROUP BY order_id`,
  );
  return rows.map((row) => ({
    orderId: String(row['order_id']),
    positions: row['positions'] as number[],
    versions: row['versions'] as number[],
  }));
}

async function readDeadLetters([service, url]: [string, string]): Promise<string[]> {
  const rows = await query(url, 'SELECT topic, "offset", message_id, code, reason FROM messaging.parked_messages');
  return rows.map(
    (row) =>
      `${service}: ${String(row['topic'])}@${String(row['offset'])} ${String(row['message_id'])} ${String(row['code'])} ${String(row['reason'])}`,
  );
}
