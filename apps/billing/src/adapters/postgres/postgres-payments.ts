import { batched, columns, PLANNED_ANEW, type UnitOfWork } from '@dozen/database';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Payments } from '../../application/ports.js';
import type { Payment } from '../../domain/payment.js';

const READ = `
  SELECT id, order_id, invoice_id, amount, currency, state, version, payment_token, provider_reference, decline_reason,
         given_up_for
  FROM payment`;
const FIND = `${READ} WHERE id = $1`;
/** Both statements lock in the order of ids, so that two transactions that lock several payments do not deadlock. */
const LOCK = `${PLANNED_ANEW} ${READ} WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`;
const LOCK_OF_ORDERS = `${PLANNED_ANEW} ${READ} WHERE order_id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`;
const ADD = `
  INSERT INTO payment (id, order_id, invoice_id, amount, currency, state, version, payment_token, provider_reference,
                       decline_reason, given_up_for)
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::text[], $6::text[], $7::int[], $8::text[],
                       $9::text[], $10::text[], $11::text[])`;
const SAVE = `
  UPDATE payment SET state = $2, version = $3, payment_token = $4, provider_reference = $5, decline_reason = $6,
                     given_up_for = $7, updated_at = now()
  WHERE id = $1`;

interface Row {
  readonly id: string;
  readonly order_id: string;
  readonly invoice_id: string;
  /** A bigint: pg reads it as text. */
  readonly amount: string;
  readonly currency: string;
  readonly state: Payment['state'];
  readonly version: number;
  readonly payment_token: string | null;
  readonly provider_reference: string | null;
  readonly decline_reason: string | null;
  readonly given_up_for: Payment['voidReason'];
}

const lock = batched(async (manager, ids: readonly string[]) => {
  const rows = await manager.query<Row[]>(LOCK, [ids]);
  const payments = new Map(rows.map((row) => [row.id, toPayment(row)]));
  return ids.map((id) => payments.get(id));
});

const lockOfOrder = batched(async (manager, orderIds: readonly string[]) => {
  const rows = await manager.query<Row[]>(LOCK_OF_ORDERS, [orderIds]);
  const payments = new Map(rows.map((row) => [row.order_id, toPayment(row)]));
  return orderIds.map((orderId) => payments.get(orderId));
});

const add = batched(async (manager, payments: readonly Payment[]) => {
  await manager.query(ADD, columns(payments.map(valuesOf)));
  return [];
});

/** What changes in a payment's life; the rest is written once. */
const save = batched(async (manager, payments: readonly Payment[]) => {
  // One statement a row, all sent at once. A single statement would join an array, and PostgreSQL may keep a plan for that
  // which reads the whole table.
  await Promise.all(
    payments.map(({ id, state, version, paymentToken, providerReference, declineReason, voidReason }) =>
      manager.query(SAVE, [id, state, version, paymentToken, providerReference, declineReason, voidReason]),
    ),
  );
  return [];
});

@Injectable()
export class PostgresPayments extends Payments {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  async find(id: string): Promise<Payment | undefined> {
    const [row]: Row[] = await this.dataSource.query(FIND, [id]);
    return row && toPayment(row);
  }

  lock({ manager }: UnitOfWork, id: string): Promise<Payment | undefined> {
    return lock(manager, id);
  }

  lockOfOrder({ manager }: UnitOfWork, orderId: string): Promise<Payment | undefined> {
    return lockOfOrder(manager, orderId);
  }

  async add({ manager }: UnitOfWork, payment: Payment): Promise<void> {
    await add(manager, payment);
  }

  async save({ manager }: UnitOfWork, payment: Payment): Promise<void> {
    await save(manager, payment);
  }
}

/** In the order of ADD. */
function valuesOf({ amount: { amount, currency }, ...payment }: Payment): unknown[] {
  return [
    payment.id,
    payment.orderId,
    payment.invoiceId,
    amount,
    currency,
    payment.state,
    payment.version,
    payment.paymentToken,
    payment.providerReference,
    payment.declineReason,
    payment.voidReason,
  ];
}

function toPayment(row: Row): Payment {
  const { id, order_id: orderId, invoice_id: invoiceId, amount, currency, state, version } = row;
  return {
    ...{ id, orderId, invoiceId, amount: { amount: Number(amount), currency }, state, version },
    paymentToken: row.payment_token,
    providerReference: row.provider_reference,
    declineReason: row.decline_reason,
    voidReason: row.given_up_for,
  };
}
