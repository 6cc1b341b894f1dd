import { newId } from '@dozen/kernel';
import { startGateway, type TestGateway } from './support/gateway.js';
import { orderCancelled, orderPlaced } from './support/messages.js';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway({ processTypes: 'web,consumer' });
});

afterAll(() => gateway.stop());

/** Some of its letters in capitals. */
const mixed = (id: string): string => id.replaceAll(/[a-c]/g, (letter) => letter.toUpperCase());

describe('an order whose id is written in capitals', () => {
  it.each(['', '/timeline'])('is the same order (GET /v1/orders/{ID}%s)', async (rest) => {
    const id = await gateway.placed();
    const answer = await gateway.call(`/v1/orders/${id}${rest}`);
    for (const spelling of [id.toUpperCase(), mixed(id)]) {
      expect(await gateway.call(`/v1/orders/${spelling}${rest}`)).toMatchObject({ status: 200, body: answer.body });
    }
  });

  it('is cancelled once, under its own name', async () => {
    const id = await gateway.placed();
    const cancel = (spelling: string) => gateway.call(`/v1/orders/${spelling}/cancellation`, { method: 'POST' });
    for (const spelling of [id.toUpperCase(), mixed(id), id]) {
      const answer = await cancel(spelling);
      expect(answer).toMatchObject({ status: 202, body: { id } });
      expect(answer.headers.get('location')).toBe(`/v1/orders/${id}`);
    }
    const commands = await gateway.dataSource.query<{ key: string }[]>(
      "SELECT key FROM messaging.outbox WHERE key = $1 AND headers::text LIKE '%CancelOrder%'",
      [id],
    );
    expect(commands).toHaveLength(1);
  });

  it('is waited for until it has ended', async () => {
    const id = await gateway.placed();
    const waiting = gateway.call(`/v1/orders/${id.toUpperCase()}/cancellation`, {
      method: 'POST',
      headers: { prefer: 'wait=20' },
    });
    const began = performance.now();
    await gateway.send(orderPlaced(id), orderCancelled(id));
    expect(await waiting).toMatchObject({ status: 200, body: { id, status: 'cancelled' } });
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});

describe('a request without a body', () => {
  const types = ['application/json', 'application/json; charset=utf-8', 'text/plain'];

  it.each(types)('may say that it is %s', async (type) => {
    const headers = { 'content-type': type };
    const id = await gateway.placed();
    const cancelled = await gateway.call(`/v1/orders/${id}/cancellation`, { method: 'POST', headers });
    expect(cancelled.status).toBe(202);
    const begun = await gateway.call('/v1/session', { method: 'POST', headers });
    expect(begun.status).toBe(201);
    const cookie = (begun.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
    const ended = await gateway.call('/v1/session', { method: 'DELETE', as: null, headers: { ...headers, cookie } });
    expect(ended.status).toBe(204);
  });

  it.each(types)('is no order, whatever it says (%s)', async (type) => {
    const headers = { 'content-type': type, 'idempotency-key': newId() };
    expect(await gateway.call('/v1/orders', { method: 'POST', headers })).toMatchObject({
      status: 400,
      body: { code: 'HTTP-VALIDATION' },
    });
  });
});
