import { batched, columns, PLANNED_ANEW, type UnitOfWork } from '@dozen/database';
import { Injectable } from '@nestjs/common';
import { Invoices } from '../../application/ports.js';
import type { Invoice } from '../../domain/invoice.js';

/** The insert skips a conflict: an insert that fails would roll back the transaction of the whole batch of messages. */
const ADD = `
  INSERT INTO invoice (id, order_id, customer_id, lines, amount, currency)
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::jsonb[], $5::bigint[], $6::text[])
  ON CONFLICT DO NOTHING
  RETURNING id`;
const OF_ORDERS = `${PLANNED_ANEW}
  SELECT id, order_id, customer_id, lines, amount, currency FROM invoice WHERE order_id = ANY($1::uuid[])`;

interface Row {
  readonly id: string;
  readonly order_id: string;
  readonly customer_id: string;
  readonly lines: Invoice['lines'];
  /** A bigint: pg reads it as text. */
  readonly amount: string;
  readonly currency: string;
}

/** Answers for each invoice with the one that its order had before, if it had one. */
const add = batched(async (manager, invoices: readonly Invoice[]) => {
  const added = await manager.query<{ id: string }[]>(ADD, columns(invoices.map(valuesOf)));
  if (added.length === invoices.length) return [];
  const ids = new Set(added.map(({ id }) => id));
  const refused = invoices.filter(({ id }) => !ids.has(id)).map(({ orderId }) => orderId);
  const rows = await manager.query<Row[]>(OF_ORDERS, [refused]);
  const existing = new Map(rows.map((row) => [row.order_id, toInvoice(row)]));
  if (refused.some((orderId) => !existing.has(orderId))) {
    throw new TypeError('an order that is invoiced has no invoice');
  }
  return invoices.map(({ id, orderId }) => (ids.has(id) ? undefined : existing.get(orderId)));
});

@Injectable()
export class PostgresInvoices extends Invoices {
  add({ manager }: UnitOfWork, invoice: Invoice): Promise<Invoice | undefined> {
    return add(manager, invoice);
  }
}

/** In the order of ADD. */
function valuesOf({ id, orderId, customerId, lines, total: { amount, currency } }: Invoice): unknown[] {
  return [id, orderId, customerId, JSON.stringify(lines), amount, currency];
}

function toInvoice({ id, order_id: orderId, customer_id: customerId, lines, amount, currency }: Row): Invoice {
  return { id, orderId, customerId, lines, total: { amount: Number(amount), currency } };
}
