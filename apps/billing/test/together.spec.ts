import type { OrderPlaced } from '@dozen/contracts';
import { AskProvider } from '../src/application/ask-provider.js';
import { VoidPayment } from '../src/application/void-payment.js';
import { OpenInvoice } from '../src/application/open-invoice.js';
import { order, startBilling, type TestBilling } from './support/billing.js';
import { startProvider, type TestProvider } from './support/provider.js';

let provider: TestProvider;
let billing: TestBilling;

beforeAll(async () => {
  provider = await startProvider();
  // No jobs: the provider is asked when the test says so.
  billing = await startBilling({ providerUrl: provider.url, processTypes: 'consumer' });
});

afterAll(async () => {
  await billing.stop();
  await provider.stop();
});

/**
 * Runs the work as the handlers of one batch: side by side in one transaction. Resolves with the errors of those that failed.
 */
function invoice(...placed: readonly OrderPlaced[]): Promise<unknown[]> {
  return billing.units.run((unit) => failures(placed.map((one) => billing.app.get(OpenInvoice).run(unit, one))));
}

/** The provider's answers are written together. */
async function charge(...placed: readonly OrderPlaced[]): Promise<unknown[]> {
  const { signal } = new AbortController();
  const answers = placed.map(async ({ orderId }) =>
    billing.app.get(AskProvider).charge((await paymentOf(orderId)).id, signal),
  );
  const settles = await Promise.all(answers);
  return billing.units.run((unit) => failures(settles.map((settle) => settle(unit))));
}

function voidAll(...placed: readonly OrderPlaced[]): Promise<unknown[]> {
  const version = { aggregateVersion: 2 };
  return billing.units.run((unit) =>
    failures(placed.map((one) => billing.app.get(VoidPayment).run(unit, { ...one, ...version }))),
  );
}

async function failures(work: readonly Promise<void>[]): Promise<unknown[]> {
  const settled = await Promise.allSettled(work);
  return settled.filter((one) => one.status === 'rejected').map(({ reason }): unknown => reason);
}

interface PaymentRow {
  readonly id: string;
  readonly state: string;
  readonly version: number;
  readonly provider_reference: string | null;
  readonly decline_reason: string | null;
}

async function paymentOf(orderId: string): Promise<PaymentRow> {
  const [row]: PaymentRow[] = await billing.dataSource.query('SELECT * FROM payment WHERE order_id = $1', [orderId]);
  if (row === undefined) throw new Error(`order ${orderId} has no payment`);
  return row;
}

/** An order of mugs of a customer of its own. */
function mugs(quantity: number, paymentToken: string): OrderPlaced {
  return order(paymentToken, {
    customer: { id: `c-${quantity}`, email: 'ada@example.com', locale: 'en' },
    items: [{ sku: 'MUG-1', name: 'Mug', quantity, unitPrice: { amount: 100, currency: 'EUR' } }],
    total: { amount: 100 * quantity, currency: 'EUR' },
  });
}

describe('orders that are handled together', () => {
  it('have each an invoice and a payment of its own', async () => {
    const placed = [mugs(1, 'tok_a'), mugs(2, 'tok_b'), mugs(3, 'tok_c')];
    expect(await invoice(...placed)).toEqual([]);
    for (const { orderId, customer, items, total, paymentToken } of placed) {
      const { id } = await paymentOf(orderId);
      expect(await billing.published(orderId)).toMatchObject([
        { type: 'dozen.InvoiceOpened.v1', payload: { orderId, paymentId: id, amount: total } },
      ]);
      const rows: unknown[] = await billing.dataSource.query(
        `SELECT i.customer_id, i.lines, p.amount::int, p.currency, p.payment_token, p.state, p.version
           FROM payment AS p JOIN invoice AS i ON i.id = p.invoice_id WHERE i.order_id = $1`,
        [orderId],
      );
      expect(rows).toEqual([
        {
          ...{ customer_id: customer.id, lines: items, amount: total.amount, currency: 'EUR' },
          ...{ payment_token: paymentToken, state: 'requested', version: 1 },
        },
      ]);
      const owed = { [`receivable:${orderId}`]: total.amount, revenue: -total.amount };
      expect(await billing.balances(orderId)).toEqual(owed);
    }
  });

  it('are known again each by its own invoice', async () => {
    const [a, b, fresh] = [mugs(1, 'tok_ok'), mugs(2, 'tok_ok'), mugs(3, 'tok_ok')];
    await invoice(a, b);
    const failed = await invoice({ ...a, customer: { ...a.customer, id: 'somebody-else' } }, fresh, b);
    expect(failed).toMatchObject([{ code: 'BIL-DUPLICATE-INVOICE', details: { orderId: a.orderId } }]);
    for (const { orderId, total } of [a, b, fresh]) {
      expect(await billing.published(orderId)).toMatchObject([{ payload: { orderId, amount: total } }]);
    }
  });

  it('are settled each by the answer to its own charge', async () => {
    const [taken, declined] = [mugs(1, 'tok_ok'), mugs(2, 'tok_declined')];
    await invoice(taken, declined);
    expect(await charge(declined, taken)).toEqual([]);
    const [reference] = (await provider.charges(taken.orderId)).map(({ id }) => id);
    expect(await paymentOf(taken.orderId)).toMatchObject({
      ...{ state: 'captured', version: 2, provider_reference: reference, decline_reason: null },
    });
    expect(await paymentOf(declined.orderId)).toMatchObject({ state: 'declined', decline_reason: 'card_declined' });
    expect((await billing.published(taken.orderId))[1]).toMatchObject({
      type: 'dozen.PaymentCaptured.v1',
      payload: { amount: taken.total, providerReference: reference },
    });
    expect((await billing.published(declined.orderId))[1]).toMatchObject({
      type: 'dozen.PaymentDeclined.v1',
      payload: { amount: declined.total },
    });
    expect(await billing.balances(taken.orderId)).toEqual({ provider_clearing: 100, revenue: -100 });
    expect(await billing.balances(declined.orderId)).toEqual({});
  });

  it('are voided each by its own payment', async () => {
    const [taken, waiting, strange] = [mugs(1, 'tok_ok'), mugs(2, 'tok_ok'), mugs(3, 'tok_ok')];
    await invoice(taken, waiting);
    await charge(taken);
    const failed = await voidAll(waiting, taken, strange);
    expect(failed).toMatchObject([{ code: 'BIL-PAYMENT-UNKNOWN', details: { orderId: strange.orderId } }]);
    expect(await billing.stateOf(taken.orderId)).toBe('refunding');
    expect(await billing.stateOf(waiting.orderId)).toBe('voiding');
  });
});
