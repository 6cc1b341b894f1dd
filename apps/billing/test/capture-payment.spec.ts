import { newId } from '@dozen/kernel';
import { eventually } from '@dozen/testing';
import { chargePayment } from '../src/application/payment-jobs.js';
import { order, record, startBilling, type TestBilling } from './support/billing.js';
import { startProvider, type TestProvider } from './support/provider.js';

let provider: TestProvider;
let billing: TestBilling;

beforeAll(async () => {
  provider = await startProvider();
  billing = await startBilling({ providerUrl: provider.url, providerTimeoutMs: 1_000 });
});

afterAll(async () => {
  await billing.stop();
  await provider.stop();
});

const invoicesOf = async (orderId: string): Promise<number> =>
  (await billing.dataSource.query<unknown[]>('SELECT FROM invoice WHERE order_id = $1', [orderId])).length;

describe('an order that is placed', () => {
  it('is invoiced, charged once and captured', async () => {
    const placed = order('tok_ok');
    await billing.send(record(placed));
    const [opened, captured] = await billing.untilPublished(placed.orderId, ['InvoiceOpened', 'PaymentCaptured']);
    const [charge, ...more] = await provider.charges(placed.orderId);
    expect(more).toEqual([]);
    expect(charge).toMatchObject({ amount: 2500, currency: 'EUR', status: 'captured', attempts: 1 });
    expect(opened?.payload).toMatchObject({ aggregateVersion: 1, amount: placed.total });
    expect(captured?.payload).toEqual({
      orderId: placed.orderId,
      paymentId: opened?.payload.paymentId,
      aggregateVersion: 2,
      amount: placed.total,
      providerReference: charge?.id,
    });
    expect(charge?.key).toBe(`${String(opened?.payload.paymentId)}:charge`);
    expect(await billing.balances(placed.orderId)).toEqual({ provider_clearing: 2500, revenue: -2500 });
  });

  it('is invoiced and captured under its id in small letters, whatever it is sent in', async () => {
    const placed = order('tok_ok');
    await billing.send(record({ ...placed, orderId: placed.orderId.toUpperCase() }));
    const [opened] = await billing.untilPublished(placed.orderId, ['InvoiceOpened', 'PaymentCaptured']);
    expect(opened?.payload).toMatchObject({ orderId: placed.orderId });
    expect(await billing.balances(placed.orderId)).toEqual({ provider_clearing: 2500, revenue: -2500 });
  });

  it('is captured although its correlation id has NUL, which no job could store', async () => {
    const placed = order('tok_ok');
    const sent = record(placed);
    await billing.send({ ...sent, headers: { ...sent.headers, correlationid: 'a\0b' } });
    await billing.untilPublished(placed.orderId, ['InvoiceOpened', 'PaymentCaptured']);
  });

  it('is told when the card is declined, and owes nothing then', async () => {
    const placed = order('tok_declined');
    await billing.send(record(placed));
    const [, declined] = await billing.untilPublished(placed.orderId, ['InvoiceOpened', 'PaymentDeclined']);
    expect(declined?.payload).toMatchObject({ aggregateVersion: 2, reason: 'card_declined' });
    expect(await billing.balances(placed.orderId)).toEqual({});
  });

  it.each(['tok_flaky_before', 'tok_flaky_after', 'tok_slow'])('is charged once with %s', async (token) => {
    const placed = order(token);
    await billing.send(record(placed));
    await billing.untilPublished(placed.orderId, ['InvoiceOpened', 'PaymentCaptured']);
    const attempts = token === 'tok_slow' ? 1 : 2;
    expect(await provider.charges(placed.orderId)).toMatchObject([{ status: 'captured', attempts }]);
    expect(await billing.balances(placed.orderId)).toEqual({ provider_clearing: 2500, revenue: -2500 });
  });

  it('is asked for again with the same key while the answer never comes', async () => {
    const placed = order('tok_timeout');
    await billing.send(record(placed));
    await eventually(async () => {
      const [charge] = await provider.charges(placed.orderId);
      expect(charge?.attempts).toBeGreaterThan(1);
    });
    expect(await provider.charges(placed.orderId)).toHaveLength(1);
    expect(await billing.published(placed.orderId)).toHaveLength(1);
    expect(billing.logs.some((line) => line.includes('BIL-PROVIDER-TIMEOUT'))).toBe(true);
  });

  it('does not wait for others whose answers are long in coming', async () => {
    const waiting = Array.from({ length: 30 }, () => order('tok_timeout'));
    await Promise.all(waiting.map((one) => billing.send(record(one))));
    const attempts = async () => {
      const charges = await Promise.all(waiting.map(({ orderId }) => provider.charges(orderId)));
      return charges.map(([charge]) => charge?.attempts ?? 0);
    };
    await eventually(async () => expect(await attempts()).not.toContain(0));
    const placed = order('tok_ok');
    await billing.send(record(placed));
    await billing.untilPublished(placed.orderId, ['InvoiceOpened', 'PaymentCaptured']);
    // None of them has been voided yet, or asked for again.
    expect(new Set(await attempts())).toEqual(new Set([1]));
  });

  it('waits for a provider that is down', async () => {
    const placed = order('tok_ok');
    await provider.kill();
    await billing.send(record(placed));
    await billing.untilPublished(placed.orderId, ['InvoiceOpened']);
    await eventually(() => expect(billing.logs.some((line) => line.includes('BIL-PROVIDER-UNAVAILABLE'))).toBe(true));
    await provider.restart();
    await billing.untilPublished(placed.orderId, ['InvoiceOpened', 'PaymentCaptured']);
    expect(await provider.charges(placed.orderId)).toMatchObject([{ status: 'captured' }]);
  });
});

describe('an order that billing hears of again', () => {
  it('has one invoice and one charge when the message is delivered twice', async () => {
    const placed = order('tok_ok');
    const repeated = record(placed);
    await billing.send(repeated);
    await billing.untilPublished(placed.orderId, ['InvoiceOpened', 'PaymentCaptured']);
    await billing.send(repeated);
    await untilHandled(placed.orderId);
    expect(await invoicesOf(placed.orderId)).toBe(1);
    expect(await provider.charges(placed.orderId)).toMatchObject([{ attempts: 1 }]);
  });

  it('has one invoice when the same order comes under another message id', async () => {
    const placed = order('tok_ok');
    await billing.send(record(placed), record(placed));
    await untilHandled(placed.orderId);
    await billing.untilPublished(placed.orderId, ['InvoiceOpened', 'PaymentCaptured']);
    expect(await invoicesOf(placed.orderId)).toBe(1);
    expect(await provider.charges(placed.orderId)).toMatchObject([{ attempts: 1 }]);
  });

  it('keeps its invoice and is held when it comes with other content', async () => {
    const placed = order('tok_ok');
    await billing.send(record(placed));
    await billing.untilPublished(placed.orderId, ['InvoiceOpened', 'PaymentCaptured']);
    const customer = { ...placed.customer, id: 'somebody-else' };
    await billing.send(record({ ...placed, customer }));
    expect(await billing.untilDeadLetter(placed.orderId)).toMatchObject({ code: 'BIL-DUPLICATE-INVOICE' });
    expect(await invoicesOf(placed.orderId)).toBe(1);
  });

  it('is neither invoiced nor charged when its lines do not add up', async () => {
    const placed = order('tok_ok', { total: { amount: 2499, currency: 'EUR' } });
    await billing.send(record(placed));
    expect(await billing.untilDeadLetter(placed.orderId)).toMatchObject({ code: 'BIL-TOTAL-MISMATCH' });
    expect(await invoicesOf(placed.orderId)).toBe(0);
    expect(await provider.charges(placed.orderId)).toEqual([]);
  });

  /** Sends a record that is parked for its wrong subject, and waits for it: what was sent before it is handled then. */
  async function untilHandled(key: string): Promise<void> {
    await billing.send({ ...record(order('tok_ok')), key });
    await eventually(async () => {
      const rows = await billing.dataSource.query<{ code: string }[]>(
        'SELECT code FROM messaging.parked_messages WHERE record_key = $1',
        [Buffer.from(key)],
      );
      expect(rows).toEqual([{ code: 'MSG-KEY' }]);
    });
  }
});

describe('a payment that is settled', () => {
  it('is not charged again by a job that comes late', async () => {
    const placed = order('tok_ok');
    await billing.send(record(placed));
    const [opened] = await billing.untilPublished(placed.orderId, ['InvoiceOpened', 'PaymentCaptured']);
    const paymentId = String(opened?.payload.paymentId);
    await billing.units.run((unit) => billing.jobs.enqueue(unit, chargePayment, { paymentId }));
    await eventually(async () => {
      const left: unknown = await billing.dataSource.query(
        "SELECT state FROM pgboss.job WHERE name = 'charge-payment' AND data->'data'->>'paymentId' = $1",
        [paymentId],
      );
      expect(left).toEqual([]);
    });
    expect(await provider.charges(placed.orderId)).toMatchObject([{ attempts: 1 }]);
    expect(await billing.published(placed.orderId)).toHaveLength(2);
  });

  it('leaves no token behind: not in its row, not in a job, not in a log line, not in an event', async () => {
    const token = `tok_${newId()}`;
    const placed = order(token);
    await billing.send(record(placed));
    await billing.untilPublished(placed.orderId, ['InvoiceOpened', 'PaymentDeclined']);
    const rows = await billing.dataSource.query<unknown[]>(`
      SELECT to_jsonb(p) FROM payment p UNION ALL SELECT to_jsonb(i) FROM invoice i
       UNION ALL SELECT to_jsonb(j) FROM pgboss.job j UNION ALL SELECT to_jsonb(o) FROM messaging.outbox o`);
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(billing.logs.join('')).not.toContain(token);
  });
});

describe('many orders at once', () => {
  it('leave the ledger balanced, and equal to what the provider has taken', async () => {
    const tokens = ['tok_ok', 'tok_declined', 'tok_flaky', 'tok_ok', 'tok_unheard_of'];
    const orders = Array.from({ length: 40 }, (_, n) => order(tokens[n % tokens.length] ?? 'tok_ok'));
    const records = orders.map((placed) => record(placed));
    await billing.send(...records, ...records);
    for (const { orderId } of orders) {
      await eventually(async () => expect(await billing.published(orderId)).toHaveLength(2));
    }
    const requested: { count: number }[] = await billing.dataSource.query(
      "SELECT count(*)::int FROM payment WHERE state = 'requested'",
    );
    const charges = await provider.charges();
    const settled = await billing.dataSource.query<{ reference: string }[]>(
      "SELECT provider_reference AS reference FROM payment WHERE state = 'captured'",
    );
    const taken = charges.filter(({ id }) => settled.some(({ reference }) => reference === id));
    const { provider_clearing: clearing = 0, revenue = 0, ...receivables } = await billing.balances();
    expect(new Set(charges.map(({ key }) => key)).size).toBe(charges.length);
    expect(taken).toHaveLength(settled.length);
    expect(clearing).toBe(taken.reduce((sum, { amount }) => sum + amount, 0));
    // Only the card that never answers still owes.
    expect(Object.keys(receivables)).toHaveLength(requested[0]?.count ?? 0);
    expect(clearing + revenue + Object.values(receivables).reduce((a, b) => a + b, 0)).toBe(0);
  });
});
