import { UnitsOfWork } from '@dozen/database';
import { IdempotencyKeys } from '@dozen/http';
import { newId } from '@dozen/kernel';
import { startGateway, type TestGateway } from './support/gateway.js';

const order = { items: [{ sku: 'MUG-1', quantity: 2 }], paymentToken: 'tok_very_secret' };
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});

afterAll(() => gateway.stop());

const place = (options: { key?: string; body?: unknown; sub?: string } = {}) =>
  gateway.call('/v1/orders', {
    method: 'POST',
    as: { sub: options.sub ?? 'ada' },
    headers: { 'idempotency-key': `"${options.key ?? newId()}"` },
    body: options.body ?? order,
  });

interface Outgoing {
  readonly topic: string;
  readonly key: string;
  readonly headers: Record<string, string>;
  readonly payload: string;
}

const outbox = (): Promise<Outgoing[]> =>
  gateway.dataSource.query('SELECT topic, key, headers, payload FROM messaging.outbox ORDER BY seq');

async function countOrders(): Promise<number> {
  const [row] = await gateway.dataSource.query<[{ count: number }]>('SELECT count(*)::int AS count FROM orders');
  return row.count;
}

describe('POST /v1/orders', () => {
  it('answers 202 with the pending order and where it will be', async () => {
    const answer = await place();
    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toBe(`/v1/orders/${String(answer.body['id'])}`);
    expect(answer.body).toMatchObject({
      status: 'pending',
      version: 0,
      items: order.items,
      total: null,
      payment: null,
    });
  });

  it('commits the command to orders together with the order, from the claims of the token', async () => {
    const { body } = await gateway.call('/v1/orders', {
      method: 'POST',
      as: { sub: 'bob', email: 'bob@example.org', locale: 'de-AT' },
      headers: { 'idempotency-key': newId(), 'x-request-id': 'request-7' },
      body: order,
    });
    const command = (await outbox()).find(({ key }) => key === body['id']);
    expect(JSON.parse(command?.payload ?? '')).toEqual({
      orderId: body['id'],
      customer: { id: 'bob', email: 'bob@example.org', locale: 'de-AT' },
      ...order,
    });
    expect(command).toMatchObject({
      topic: 'orders.commands',
      headers: { ce_type: 'dozen.PlaceOrder.v1', ce_subject: body['id'], correlationid: 'request-7' },
    });
  });

  it('puts the request into the timeline', async () => {
    const { body } = await place();
    const timeline = await gateway.call(`/v1/orders/${String(body['id'])}/timeline`);
    expect(timeline.body['items']).toEqual([
      {
        position: 1,
        id: expect.any(String),
        time: body['createdAt'],
        type: 'dozen.OrderRequested.v1',
        source: '/dozen/gateway',
        what: 'Order requested: 2 × MUG-1',
        fixed: false,
        data: { items: order.items },
      },
    ]);
  });

  it('keeps the payment token in the outbox alone, and personal data out of the logs', async () => {
    await place({ sub: 'carol' });
    const rows: object[] = await gateway.dataSource.query(
      `SELECT to_jsonb(o) AS row FROM orders o UNION ALL SELECT to_jsonb(t) FROM timeline t
       UNION ALL SELECT to_jsonb(k) FROM idempotent_requests k`,
    );
    expect(JSON.stringify(rows)).not.toContain(order.paymentToken);
    expect(JSON.stringify(rows)).not.toContain('@example.org');
    expect(gateway.logs.join('')).toContain('/v1/orders');
    expect(gateway.logs.join('')).not.toContain(order.paymentToken);
    expect(gateway.logs.join('')).not.toContain('@example.org');
  });

  it('lists every mistake of the body at once', async () => {
    const items = [
      { sku: 'mug', quantity: 0 },
      { sku: 'MUG-2', quantity: 1, gift: true },
    ];
    const answer = await place({ body: { items, coupon: 'FREE' } });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ code: 'HTTP-VALIDATION' });
    const errors = answer.body['errors'] as { pointer: string; detail: string }[];
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual([
      '#/coupon',
      '#/items/0/quantity',
      '#/items/0/sku',
      '#/items/1/gift',
      '#/paymentToken',
    ]);
    expect(errors.find(({ pointer }) => pointer === '#/coupon')?.detail).toBe('not known here: "coupon"');
  });

  it.each([
    ['no items', { ...order, items: [] }],
    ['a SKU on two lines', { ...order, items: [order.items[0], order.items[0]] }],
    ['51 lines', { ...order, items: Array.from({ length: 51 }, (_, n) => ({ sku: `S-${n}`, quantity: 1 })) }],
    ['prices of its own', { ...order, items: [{ ...order.items[0], price: 1 }] }],
    ['a customer of its own', { ...order, customer: { id: 'bob' } }],
    ['a list instead of an object', [order]],
  ])('refuses an order with %s', async (_case, body) => {
    const before = await countOrders();
    expect(await place({ body })).toMatchObject({ status: 400, body: { code: 'HTTP-VALIDATION' } });
    expect(await countOrders()).toBe(before);
  });
});

describe('the Idempotency-Key of POST /v1/orders', () => {
  it('is required', async () => {
    const answer = await gateway.call('/v1/orders', { method: 'POST', body: order });
    expect(answer).toMatchObject({ status: 400, body: { code: 'IDEMPOTENCY-KEY-MISSING' } });
  });

  it('gives a repeat the stored answer and no second order', async () => {
    const key = newId();
    const first = await place({ key });
    const before = await countOrders();
    const repeat = await place({ key });
    expect(repeat.status).toBe(202);
    expect(repeat.headers.get('location')).toBe(first.headers.get('location'));
    expect(repeat.body).toEqual(first.body);
    expect(await countOrders()).toBe(before);
  });

  it('refuses another order under the same key', async () => {
    const key = newId();
    await place({ key });
    for (const body of [
      { ...order, paymentToken: 'tok_other' },
      { ...order, items: [{ sku: 'MUG-1', quantity: 3 }] },
    ]) {
      expect(await place({ key, body })).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY-KEY-REUSED' } });
    }
  });

  it('belongs to one customer', async () => {
    const key = newId();
    const [adas, bobs] = [await place({ key, sub: 'ada' }), await place({ key, sub: 'bob' })];
    expect(bobs.status).toBe(202);
    expect(bobs.body['id']).not.toBe(adas.body['id']);
  });

  it.each(['tok\0', 'tok_\uD83D', '\uDE00tok'])('refuses a card that is no plain text: %j', async (paymentToken) => {
    expect(await place({ key: newId(), body: { ...order, paymentToken } })).toMatchObject({
      status: 400,
      body: { code: 'HTTP-VALIDATION', errors: [{ pointer: '#/paymentToken' }] },
    });
  });

  it('is not used up by a request that was refused', async () => {
    const key = newId();
    expect((await place({ key, body: { ...order, items: [] } })).status).toBe(400);
    expect((await place({ key })).status).toBe(202);
  });

  it('answers 409 with Retry-After while the first request is at work', async () => {
    const key = newId();
    const [begun, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const failing = gateway.get(UnitsOfWork).run((unit) =>
      gateway.get(IdempotencyKeys).run(unit, { customerId: 'ada', key, requestHash: 'hash' }, async () => {
        begun.resolve();
        await release.promise;
        throw new Error('it comes to nothing');
      }),
    );
    await begun.promise;
    const answer = await place({ key });
    expect(answer).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY-IN-FLIGHT' } });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    release.resolve();
    await expect(failing).rejects.toThrow('it comes to nothing');
    expect((await place({ key })).status).toBe(202);
  });
});
