import { OrderConfirmed, OrderPlaced } from '@dozen/contracts';
import { newId } from '@dozen/kernel';
import { eventually } from '@dozen/testing';
import { startGateway, type TestGateway } from './support/gateway.js';
import { mailSent, orderConfirmed, orderPlaced } from './support/messages.js';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway({ processTypes: 'web,consumer' });
});

afterAll(() => gateway.stop());

/** The id of the one order of so many mugs, once there is one. */
async function idOfOrderOf(quantity: number): Promise<string> {
  return eventually(async () => {
    const { body } = await gateway.call('/v1/orders');
    const orders = body['items'] as { id: string; items: { quantity: number }[] }[];
    const found = orders.find(({ items }) => items[0]?.quantity === quantity);
    if (found === undefined) throw new Error('not yet');
    return found.id;
  });
}

describe('GET /v1/orders/{id}/events', () => {
  it('tells what is there and what comes, as the timeline has it', async () => {
    const id = await gateway.placed();
    const source = await gateway.events(id);
    expect(source.headers.get('content-type')).toBe('text/event-stream');
    await source.until(1);
    await gateway.send(orderPlaced(id), orderConfirmed(id));
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
    const id = await gateway.placed();
    const total = 40;
    const seen: string[] = [];
    const telling = (async () => {
      await gateway.send(orderPlaced(id));
      for (let n = 1; n < total - 1; n += 1) await gateway.send(mailSent(id, n));
    })();
    while (seen.length < total) {
      const source = await gateway.events(id, Number(seen.at(-1) ?? 0));
      const events = await source.until(Math.min(7, total - seen.length));
      source.close();
      seen.push(...events.map((event) => event.id ?? ''));
    }
    await telling;
    expect(seen.slice(0, total)).toEqual(Array.from({ length: total }, (_, index) => String(index + 1)));
  });

  it('opens at once, also for a client that has everything', async () => {
    const id = await gateway.placed();
    const began = performance.now();
    const source = await gateway.events(id, 1);
    expect(performance.now() - began).toBeLessThan(5_000);
    await gateway.send(orderPlaced(id));
    expect((await source.until(1)).map((event) => event.id)).toEqual(['2']);
    source.close();
  });

  it('tells a client of one process what another has projected', async () => {
    const other = await gateway.sibling();
    try {
      const id = await gateway.placed();
      const source = await other.events(id);
      await source.until(1);
      await gateway.send(orderPlaced(id));
      expect((await source.until(2)).at(-1)).toMatchObject({ event: OrderPlaced.type });
      source.close();
    } finally {
      await other.stop();
    }
  });

  it('ends with a hint to come back when its process drains', async () => {
    const other = await gateway.sibling();
    const id = await gateway.placed();
    const source = await other.events(id);
    await source.until(1);
    await other.stop();
    await source.ended;
    expect(source.retryMs).toBeGreaterThanOrEqual(1_000);
  });

  it('is not there for others, and refuses a position that is none', async () => {
    const id = await gateway.placed();
    expect((await gateway.call(`/v1/orders/${id}/events`, { as: { sub: 'bob' } })).status).toBe(404);
    const headers = { 'last-event-id': 'yesterday' };
    expect((await gateway.call(`/v1/orders/${id}/events`, { headers })).status).toBe(400);
  });
});

describe('Prefer: wait', () => {
  it('answers with how the order ended; a repeat is asked anew, with or without it', async () => {
    const key = `"${newId()}"`;
    const post = (headers: Record<string, string>) =>
      gateway.order({ quantity: 7, headers: { 'idempotency-key': key, ...headers } });
    const waiting = post({ prefer: 'wait=20' });
    const id = await idOfOrderOf(7);
    await gateway.send(orderPlaced(id), orderConfirmed(id));
    const answer = await waiting;
    expect([answer.status, answer.headers.get('preference-applied')]).toEqual([200, 'wait=20']);
    expect(answer.body).toMatchObject({ id, status: 'confirmed' });
    const repeat = await post({});
    expect([repeat.status, repeat.body['status']]).toEqual([202, 'pending']);
    const patient = await post({ prefer: 'wait=5' });
    expect([patient.status, patient.body['status']]).toEqual([200, 'confirmed']);
  });

  it('answers 202 when the time is over, and at once when the process drains', async () => {
    const answer = await gateway.order({ headers: { prefer: 'wait=1' } });
    expect([answer.status, answer.body['status']]).toEqual([202, 'pending']);
    expect(answer.headers.get('preference-applied')).toBeNull();
    const other = await gateway.sibling();
    const waiting = other.order({ quantity: 8, headers: { prefer: 'wait=30' } });
    await idOfOrderOf(8);
    const began = performance.now();
    await other.stop();
    expect((await waiting).status).toBe(202);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
