import { OrderCancelling, OrderPlaced } from '@dozen/contracts';
import { newId } from '@dozen/kernel';
import type { OutgoingRecord } from '@dozen/messaging';
import { recordOf, startUnderTest } from '@dozen/service-testing';
import { billingService } from '../../src/index.js';
import { PROVIDER_KEY } from './provider.js';

/** Billing of the test's own. Its outbox is read, never relayed. */
export async function startBilling(options: {
  providerUrl: string;
  processTypes?: string;
  providerTimeoutMs?: number;
  paymentTimeoutS?: number;
}) {
  const { providerUrl, processTypes = 'consumer,jobs', providerTimeoutMs = 2_000, paymentTimeoutS = 900 } = options;
  const service = await startUnderTest(billingService, {
    PROCESS_TYPES: processTypes,
    PAYMENT_PROVIDER_URL: providerUrl,
    PAYMENT_PROVIDER_KEY: PROVIDER_KEY,
    PAYMENT_PROVIDER_TIMEOUT_MS: String(providerTimeoutMs),
    PAYMENT_TIMEOUT_S: String(paymentTimeoutS),
  });
  const { dataSource } = service;
  return {
    ...service,
    /** Balance by account; accounts at zero are left out. */
    async balances(orderId?: string): Promise<Record<string, number>> {
      const rows: { account: string; balance: number }[] = await dataSource.query(
        `SELECT account, sum(e.amount)::int AS balance FROM ledger_entry e JOIN payment p ON p.id = e.payment_id
          WHERE p.order_id = coalesce($1, p.order_id) GROUP BY account HAVING sum(e.amount) <> 0`,
        [orderId ?? null],
      );
      return Object.fromEntries(rows.map(({ account, balance }) => [account, balance]));
    },
    async stateOf(orderId: string): Promise<string | undefined> {
      const rows = await dataSource.query<{ state: string }[]>('SELECT state FROM payment WHERE order_id = $1', [
        orderId,
      ]);
      return rows[0]?.state;
    },
  };
}

export type TestBilling = Awaited<ReturnType<typeof startBilling>>;

/** A new order of two mugs, 25.00 EUR. */
export function order(paymentToken: string, changes: Partial<OrderPlaced> = {}): OrderPlaced {
  return {
    orderId: newId(),
    aggregateVersion: 1,
    customer: { id: 'c-1', email: 'ada@example.com', locale: 'en' },
    items: [{ sku: 'MUG-1', name: 'Mug', quantity: 2, unitPrice: { amount: 1250, currency: 'EUR' } }],
    total: { amount: 2500, currency: 'EUR' },
    paymentToken,
    ...changes,
  };
}

/** The customer wants the order cancelled. */
export function cancelling({ orderId, customer }: OrderPlaced): OutgoingRecord {
  return recordOf(OrderCancelling, { orderId, aggregateVersion: 2, customer });
}

/** The record as orders would write it. */
export function record(event: OrderPlaced, id = newId()): OutgoingRecord {
  return recordOf(OrderPlaced, event, id);
}
