import { MailSent, OrderConfirmed, OrderPlaced } from '@dozen/contracts';
import { newId } from '@dozen/kernel';
import { eventually } from '@dozen/testing';
import { startGateway, type TestGateway } from './support/gateway.js';
import { record } from './support/records.js';
import type { EventSource } from './support/event-source.js';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway({ processTypes: 'web,consumer' });
});

afterAll(() => gateway.stop());

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const customer = { id: 'ada', email: 'ada@example.org', locale: 'en' };
const items = [{ sku: 'MUG-1', name: 'Mug', quantity: 1, unitPrice: eur(100) }];

const post = (headers = {}, quantity = 1) =>
  gateway.call('/v1/orders', {
    method: 'POST',
    headers: { 'idempotency-key': `"${newId()}"`, ...headers },
    body: { items: [{ sku: 'MUG-1', quantity }], paymentToken: 'tok_ok' },
  });

async function placed(): Promise<string> {
  return String((await post()).body['id']);
}

const orderPlaced = (orderId: string) =>
  record(OrderPlaced, { orderId, aggregateVersion: 1, customer, items, total: eur(100), paymentToken: 't' });
const orderConfirmed = (orderId: string) =>
  record(OrderConfirmed, { orderId, aggregateVersion: 2, customer, items, total: eur(100) });
const mailSent = (orderId: string, aggregateVersion: number) =>
  record(MailSent, { orderId, aggregateVersion, template: 'order-placed', messageId: `<${aggregateVersion}@test>` });

async function hear(...records: ReturnType<typeof record>[]): Promise<void> {
  const producer = await gateway.broker.producer({ timeoutMs: 10_000 });
  await producer.send(records, { timeoutMs: 10_000 });
  await producer.close();
}

function open(id: string, lastEventId?: number): Promise<EventSource> {
  return gateway.events(id, lastEventId);
}

describe('GET /v1/orders/{id}/events', () => {
  it('tells what is there and what comes, as the timeline has it', async () => {
    const id = await placed();
    const source = await open(id);
    expect(source.headers.get('content-type')).toBe('text/event-stream');
    await source.until(1);
    await hear(orderPlaced(id), orderConfirmed(id));
    const events = await source.until(3);
    source.close();
    const { body } = await gateway.call(`/v1/orders/${id}/timeline`);
    expect(events.map(({ data }) => JSON.parse(data) as unknown)).toEqual(body['items']);
    expect(events.map(({ id: position, event }) => [position, event])).toEqual([
      ['1', 'dozen.OrderRequested.v1'],
      ['2', OrderPlaced.type],
      ['3', OrderConfirmed.type],
    ]);
  });

  it('goes on after Last-Event-ID without a gap and without a repeat, however often it is opened', async () => {
    const id = await placed();
    const total = 40;
    const seen: string[] = [];
    const telling = (async () => {
      await hear(orderPlaced(id));
      for (let n = 1; n < total - 1; n += 1) await hear(mailSent(id, n));
    })();
    while (seen.length < total) {
      const source = await open(id, Number(seen.at(-1) ?? 0));
      const events = await source.until(Math.min(7, total - seen.length));
      source.close();
      seen.push(...events.map((event) => event.id));
    }
    await telling;
    expect(seen.slice(0, total)).toEqual(Array.from({ length: total }, (_, index) => String(index + 1)));
  });

  it('tells a client of one process what another has projected', async () => {
    const other = await gateway.sibling();
    try {
      const id = await placed();
      const source = await other.events(id);
      await source.until(1);
      await hear(orderPlaced(id));
      expect((await source.until(2)).at(-1)).toMatchObject({ event: OrderPlaced.type });
      source.close();
    } finally {
      await other.stop();
    }
  });

  it('ends with a hint to come back when its process drains', async () => {
    const other = await gateway.sibling();
    const id = await placed();
    const source = await other.events(id);
    await source.until(1);
    await other.stop();
    await source.ended;
    expect(source.retryMs).toBe(1000);
  });

  it('is not there for others, and refuses a position that is none', async () => {
    const id = await placed();
    expect((await gateway.call(`/v1/orders/${id}/events`, { as: { sub: 'bob' } })).status).toBe(404);
    const headers = { 'last-event-id': 'yesterday' };
    expect((await gateway.call(`/v1/orders/${id}/events`, { headers })).status).toBe(400);
  });
});

describe('Prefer: wait', () => {
  it('answers with how the order ended; a repeat is asked anew, with or without it', async () => {
    const key = `"${newId()}"`;
    const waiting = post({ prefer: 'wait=20', 'idempotency-key': key }, 7);
    const id = await eventually(async () => {
      const { body } = await gateway.call('/v1/orders');
      const orders = body['items'] as { id: string; items: { quantity: number }[] }[];
      const mine = orders.find((order) => order.items[0]?.quantity === 7);
      if (mine === undefined) throw new Error('not yet');
      return mine.id;
    });
    await hear(orderPlaced(id), orderConfirmed(id));
    const answer = await waiting;
    expect([answer.status, answer.headers.get('preference-applied')]).toEqual([200, 'wait=20']);
    expect(answer.body).toMatchObject({ id, status: 'confirmed' });
    const repeat = await post({ 'idempotency-key': key }, 7);
    expect([repeat.status, repeat.body['status']]).toEqual([202, 'pending']);
    const patient = await post({ 'idempotency-key': key, prefer: 'wait=5' }, 7);
    expect([patient.status, patient.body['status']]).toEqual([200, 'confirmed']);
  });

  it('answers 202 when the time is over, and at once when the process drains', async () => {
    const answer = await post({ prefer: 'wait=1' });
    expect([answer.status, answer.body['status']]).toEqual([202, 'pending']);
    expect(answer.headers.get('preference-applied')).toBeNull();
    const other = await gateway.sibling();
    const waiting = other.call('/v1/orders', {
      method: 'POST',
      headers: { 'idempotency-key': `"${newId()}"`, prefer: 'wait=30' },
      body: { items: [{ sku: 'MUG-1', quantity: 1 }], paymentToken: 'tok_ok' },
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const began = performance.now();
    await other.stop();
    expect((await waiting).status).toBe(202);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

describe('projection rebuild', () => {
  it('makes views again that are not what their timelines say, and no others', async () => {
    const [one, other] = [await placed(), await placed()];
    await hear(orderPlaced(one), orderConfirmed(one));
    await eventually(async () => expect((await gateway.call(`/v1/orders/${one}`)).body['status']).toBe('confirmed'));
    const before = (await gateway.call(`/v1/orders/${one}`)).body;
    await gateway.dataSource.query("UPDATE orders SET view = view - 'cancellation', status = 'placed' WHERE id = $1", [
      one,
    ]);
    const found = await gateway.rebuild();
    expect(found.changed).toBe(1);
    expect(found.orders).toBeGreaterThan(1);
    expect((await gateway.call(`/v1/orders/${one}`)).body).toEqual(before);
    expect((await gateway.call(`/v1/orders/${other}`)).body['status']).toBe('pending');
    expect(await gateway.rebuild()).toMatchObject({ changed: 0 });
  });
});
