import { eventually } from '@dozen/testing';
import { cancelling, order, record, startBilling, type TestBilling } from './support/billing.js';
import { PROVIDER_KEY, startProvider, type TestProvider } from './support/provider.js';

let provider: TestProvider;
let billing: TestBilling;

beforeAll(async () => {
  provider = await startProvider();
  billing = await startBilling({ providerUrl: provider.url, providerTimeoutMs: 1_000, paymentTimeoutS: 3 });
});

afterAll(async () => {
  await billing.stop();
  await provider.stop();
});

async function statusOf(orderId: string): Promise<string | undefined> {
  return (await provider.charges(orderId))[0]?.status;
}

/** Charges that billing has yet to ask for, or is asking for. */
async function openCharges(): Promise<number> {
  const rows = await billing.dataSource.query<unknown[]>(
    `SELECT FROM pgboss.job WHERE name = 'charge-payment' AND state IN ('created', 'retry', 'active')`,
  );
  return rows.length;
}

describe('a payment of an order that is cancelled', () => {
  it('is voided while the provider has not charged yet, and nothing is owed', async () => {
    const placed = order('tok_slow');
    await billing.send(record(placed));
    await billing.untilPublished(placed.orderId, ['InvoiceOpened']);
    await billing.send(cancelling(placed));
    const [, voided] = await billing.untilPublished(placed.orderId, ['InvoiceOpened', 'PaymentVoided']);
    expect(voided?.payload).toMatchObject({ aggregateVersion: 2, reason: 'cancelled', amount: placed.total });
    expect(await billing.balances(placed.orderId)).toEqual({});
    // The request takes no money, whether it was on its way already or is not made any more.
    await eventually(async () => expect(await openCharges()).toBe(0));
    expect([undefined, 'cancelled']).toContain(await statusOf(placed.orderId));
  });

  it('is refunded once when it was captured already', async () => {
    const placed = order('tok_ok');
    await billing.send(record(placed));
    await billing.untilPublished(placed.orderId, ['InvoiceOpened', 'PaymentCaptured']);
    expect(await statusOf(placed.orderId)).toBe('captured');
    await billing.send(cancelling(placed), cancelling(placed));
    const expected = ['InvoiceOpened', 'PaymentCaptured', 'PaymentRefunded'];
    const [, captured, refunded] = await billing.untilPublished(placed.orderId, expected);
    expect(refunded?.payload).toMatchObject({
      aggregateVersion: 3,
      reason: 'cancelled',
      amount: placed.total,
      providerReference: captured?.payload.providerReference,
    });
    expect(await statusOf(placed.orderId)).toBe('refunded');
    expect(await billing.balances(placed.orderId)).toEqual({});
  });

  it('stays declined when the card was refused first', async () => {
    const placed = order('tok_declined');
    await billing.send(record(placed));
    await billing.untilPublished(placed.orderId, ['InvoiceOpened', 'PaymentDeclined']);
    const next = order('tok_ok');
    await billing.send(cancelling(placed), record(next));
    await billing.untilPublished(next.orderId, ['InvoiceOpened', 'PaymentCaptured']);
    expect(await billing.published(placed.orderId)).toHaveLength(2);
  });

  it('is voided by a provider that comes back, however long it was away', async () => {
    const placed = order('tok_ok');
    await provider.kill();
    await billing.send(record(placed), cancelling(placed));
    await eventually(async () => expect(await billing.stateOf(placed.orderId)).toBe('voiding'));
    await provider.restart();
    await billing.untilPublished(placed.orderId, ['InvoiceOpened', 'PaymentVoided']);
  });
});

describe('a payment without an answer in time', () => {
  it('is refunded when the provider had captured it, and no event says that it was captured', async () => {
    const placed = order('tok_timeout');
    await billing.send(record(placed));
    const expected = ['InvoiceOpened', 'PaymentRefunded'];
    const [, refunded] = await billing.untilPublished(placed.orderId, expected);
    expect(refunded?.payload).toMatchObject({ aggregateVersion: 2, reason: 'timed-out' });
    expect(await statusOf(placed.orderId)).toBe('refunded');
    expect(await billing.balances(placed.orderId)).toEqual({});
  });

  it('is voided when the provider was never reached', async () => {
    const placed = order('tok_ok');
    await provider.kill();
    await billing.send(record(placed));
    await eventually(async () => expect(await billing.stateOf(placed.orderId)).toBe('voiding'));
    await provider.restart();
    const [, voided] = await billing.untilPublished(placed.orderId, ['InvoiceOpened', 'PaymentVoided']);
    expect(voided?.payload).toMatchObject({ reason: 'timed-out' });
  });

  it('keeps the answer that came in time', async () => {
    const placed = order('tok_ok');
    await billing.send(record(placed));
    await billing.untilPublished(placed.orderId, ['InvoiceOpened', 'PaymentCaptured']);
    await eventually(async () => {
      const timers: unknown = await billing.dataSource.query(
        `SELECT j.state FROM pgboss.job AS j JOIN payment AS p ON p.id::text = j.data->'data'->>'paymentId'
          WHERE j.name = 'time-out-payment' AND p.order_id = $1`,
        [placed.orderId],
      );
      expect(timers).toEqual([]);
    });
    expect(await billing.stateOf(placed.orderId)).toBe('captured');
  });
});

describe('the reconciliation', () => {
  it('finds nothing after all of that, and then what somebody did at the provider by hand', async () => {
    const placed = order('tok_ok');
    await billing.send(record(placed));
    await billing.untilPublished(placed.orderId, ['InvoiceOpened', 'PaymentCaptured']);
    expect(await billing.admin('reconciliation')).toMatchObject({ status: 0, json: { differences: [] } });
    const [charge] = await provider.charges(placed.orderId);
    const authorization = `Bearer ${PROVIDER_KEY}`;
    await fetch(`${provider.url}/v1/charges/${charge?.id}/refund`, { method: 'POST', headers: { authorization } });
    const byHand = { amount: 1, currency: 'EUR', token: 'tok_ok', reference: 'by-hand' };
    await fetch(`${provider.url}/v1/charges`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json', 'idempotency-key': 'by-hand' },
      body: JSON.stringify(byHand),
    });
    const { status, json, text } = await billing.admin('reconciliation');
    expect(status).toBe(1);
    expect(json).toMatchObject({
      differences: [
        { what: 'status', orderId: placed.orderId, billing: 'captured', provider: 'refunded' },
        { what: 'charge-without-payment', provider: 'captured' },
      ],
    });
    expect(text).toContain('2 differences');
  });
});
