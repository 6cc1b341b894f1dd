import {
  InvoiceOpened,
  MailSent,
  OrderConfirmed,
  OrderPlaced,
  OrderRejected,
  PaymentCaptured,
  PaymentDeclined,
} from '@dozen/contracts';
import { newId } from '@dozen/kernel';
import { recordOf } from '@dozen/service-testing';
import { eventually } from '@dozen/testing';
import { listDeadLetters, type OutgoingRecord } from '@dozen/messaging';
import { foldTimeline } from '../src/domain/order-view.js';
import { PostgresOrders } from '../src/adapters/postgres/postgres-orders.js';
import { startGateway, type TestGateway } from './support/gateway.js';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway({ processTypes: 'web,consumer' });
});

afterAll(() => gateway.stop());

const price = { amount: 1250, currency: 'EUR' };
const total = { amount: 2500, currency: 'EUR' };
const requested = [{ sku: 'MUG-1', quantity: 2 }];
const items = [{ sku: 'MUG-1', name: 'Mug', quantity: 2, unitPrice: price }];

/** Each in a send of its own, so that they arrive in this order within a topic. */
async function publish(...records: OutgoingRecord[]): Promise<void> {
  const producer = await gateway.broker.producer({ timeoutMs: 10_000 });
  for (const one of records) await producer.send([one], { timeoutMs: 10_000 });
  await producer.close();
}

/** Every event of an order that goes right. */
function story(orderId: string, sub: string) {
  const customer = { id: sub, email: `${sub}@example.org`, locale: 'en' };
  const payment = { orderId, paymentId: newId(), amount: total };
  const mail = (template: 'order-placed' | 'order-confirmed', aggregateVersion: number) =>
    recordOf(MailSent, { orderId, aggregateVersion, template, messageId: `<${template}@dozen>` });
  return {
    placed: recordOf(OrderPlaced, { orderId, aggregateVersion: 1, customer, items, total, paymentToken: 'tok_secret' }),
    confirmed: recordOf(OrderConfirmed, { orderId, aggregateVersion: 2, customer, items, total }),
    rejected: recordOf(OrderRejected, {
      orderId,
      aggregateVersion: 2,
      customer,
      items: requested,
      reason: 'ORD-PAYMENT-DECLINED',
      detail: 'the card was declined',
    }),
    opened: recordOf(InvoiceOpened, { ...payment, aggregateVersion: 1, invoiceId: newId() }),
    captured: recordOf(PaymentCaptured, { ...payment, aggregateVersion: 2, providerReference: 'ch_1' }),
    declined: recordOf(PaymentDeclined, { ...payment, aggregateVersion: 2, reason: 'insufficient_funds' }),
    placedMail: mail('order-placed', 1),
    confirmedMail: mail('order-confirmed', 2),
  };
}

const entriesOf = (orderId: string) => new PostgresOrders(gateway.dataSource).timeline(orderId);

async function untilEntries(orderId: string, count: number): Promise<void> {
  await eventually(async () => {
    expect(await entriesOf(orderId)).toHaveLength(count);
  });
}

async function place(sub: string): Promise<string> {
  const { body } = await gateway.call('/v1/orders', {
    method: 'POST',
    as: { sub },
    headers: { 'idempotency-key': newId() },
    body: { items: requested, paymentToken: 'tok_ok' },
  });
  return String(body['id']);
}

describe('the projection', () => {
  it('follows an order through all three topics to confirmed', async () => {
    const orderId = await place('ada');
    const { placed, opened, captured, confirmed, placedMail, confirmedMail } = story(orderId, 'ada');
    await publish(placed, opened, placedMail, captured, confirmed, confirmedMail);
    await untilEntries(orderId, 7);
    const { body } = await gateway.call(`/v1/orders/${orderId}`);
    expect(body).toMatchObject({
      id: orderId,
      status: 'confirmed',
      version: 2,
      items,
      total,
      payment: { status: 'captured', amount: total },
      mails: [{ template: 'order-placed' }, { template: 'order-confirmed' }],
    });
  });

  it('follows a declined one to rejected, with the reasons', async () => {
    const orderId = await place('ada');
    const { placed, opened, declined, rejected } = story(orderId, 'ada');
    await publish(placed, opened, declined, rejected);
    await untilEntries(orderId, 5);
    const { body } = await gateway.call(`/v1/orders/${orderId}`);
    expect(body).toMatchObject({
      status: 'rejected',
      rejection: { reason: 'ORD-PAYMENT-DECLINED', detail: 'the card was declined' },
      payment: { status: 'declined', reason: 'insufficient_funds' },
    });
  });

  it("shows an outside producer's order to its customer, whichever topic came first", async () => {
    const [inOrder, outOfOrder] = [newId(), newId()];
    const a = story(inOrder, 'erin');
    await publish(a.placed, a.opened, a.captured, a.confirmed, a.placedMail);
    const b = story(outOfOrder, 'erin');
    await publish(b.placedMail, b.opened, b.captured);
    await untilEntries(outOfOrder, 3);
    // Nobody's yet: neither billing nor notifier says whose it is.
    expect((await gateway.call(`/v1/orders/${outOfOrder}`, { as: { sub: 'erin' } })).status).toBe(404);
    await publish(b.placed, b.confirmed);
    await untilEntries(outOfOrder, 5);
    await untilEntries(inOrder, 5);

    const withoutIdentity = async (id: string) => {
      const { status, body } = await gateway.call(`/v1/orders/${id}`, { as: { sub: 'erin' } });
      expect(status).toBe(200);
      const { createdAt: _created, updatedAt: _updated, ...rest } = body;
      return { ...rest, id: '', mails: (rest['mails'] as { template: string }[]).map(({ template }) => template) };
    };
    expect(await withoutIdentity(outOfOrder)).toEqual(await withoutIdentity(inOrder));
  });

  it('takes a message that comes twice once', async () => {
    const orderId = newId();
    const { placed, confirmed } = story(orderId, 'ada');
    await publish(placed, placed, confirmed, placed);
    await untilEntries(orderId, 2);
    // What is behind the repeats has been handled, so the repeats have been seen.
    const marker = recordOf(MailSent, {
      orderId,
      aggregateVersion: 3,
      template: 'order-placed',
      messageId: '<m@dozen>',
    });
    await publish(marker);
    await untilEntries(orderId, 3);
    expect((await gateway.call(`/v1/orders/${orderId}`)).body).toMatchObject({ status: 'confirmed' });
  });

  it('numbers the timeline without gaps and tells nothing of the customer', async () => {
    const orderId = newId();
    const { placed, opened, captured, confirmed, placedMail } = story(orderId, 'ada');
    await publish(placed, opened, captured, confirmed, placedMail);
    await untilEntries(orderId, 5);
    const { body, text } = await gateway.call(`/v1/orders/${orderId}/timeline`);
    const entries = body['items'] as { position: number; type: string; what: string; source: string }[];
    expect(entries.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5]);
    expect(entries.find(({ type }) => type === 'dozen.PaymentCaptured.v1')).toMatchObject({
      what: 'Payment of €25.00 captured',
      source: '/test',
    });
    const stored = JSON.stringify(await entriesOf(orderId));
    for (const secret of ['@example.org', 'tok_secret', '"ada"', 'ch_1']) {
      expect(text).not.toContain(secret);
      expect(stored).not.toContain(secret);
    }
  });

  it('keeps 100 orders apart whose topics arrive at once, and each view is the fold of its timeline', async () => {
    const orders = Array.from({ length: 100 }, () => newId());
    // On a broker that is used again, group and database are new, and so earlier runs' orders come in as well.
    const customer = `frank-${newId()}`;
    const stories = orders.map((id) => story(id, customer));
    const producer = await gateway.broker.producer({ timeoutMs: 10_000 });
    const send = (records: OutgoingRecord[]) => producer.send(records, { timeoutMs: 10_000 });
    await send(stories.flatMap(({ opened, captured, placedMail }) => [opened, captured, placedMail]));
    await send(stories.flatMap(({ placed, confirmed }) => [placed, confirmed]));
    await producer.close();
    await eventually(async () => {
      const [row] = await gateway.dataSource.query<[{ count: number }]>(
        "SELECT count(*)::int AS count FROM orders WHERE customer_id = $1 AND status = 'confirmed' AND last_position = 5",
        [customer],
      );
      expect(row.count).toBe(100);
    });
    const rows: { id: string; view: unknown; status: string }[] = await gateway.dataSource.query(
      'SELECT id, view, status FROM orders WHERE id = ANY ($1)',
      [orders],
    );
    for (const { id, view, status } of rows) {
      const refolded = foldTimeline(await entriesOf(id));
      expect(view).toEqual(refolded);
      expect(status).toBe(refolded?.status);
    }
  });

  it("says of an entry that an operator's correction stands behind it, and not who made it", async () => {
    const orderId = await place('ada');
    const { placed } = story(orderId, 'ada');
    await publish({ ...placed, headers: { ...placed.headers, ce_fixedby: 'grace', ce_fixreason: 'a typo' } });
    await eventually(async () => {
      const { body, text } = await gateway.call(`/v1/orders/${orderId}/timeline`);
      expect(body['items']).toMatchObject([
        { fixed: false },
        { fixed: true, what: expect.stringMatching(/corrected/) },
      ]);
      expect(text).not.toContain('grace');
    });
  });

  it('parks a message that gives an order to another customer', async () => {
    const orderId = await place('ada');
    await publish(story(orderId, 'mallory').placed);
    await eventually(async () => {
      const letters = await listDeadLetters(gateway.dataSource);
      expect(letters.map(({ code }) => code)).toContain('GWY-OWNER-MISMATCH');
    });
    expect((await gateway.call(`/v1/orders/${orderId}`, { as: { sub: 'mallory' } })).status).toBe(404);
    expect((await gateway.call(`/v1/orders/${orderId}`)).body).toMatchObject({ status: 'pending' });
  });
});
