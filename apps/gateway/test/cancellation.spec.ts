import { CancelOrder, CancellationRefused } from '@dozen/contracts';
import { newId } from '@dozen/kernel';
import { recordOf } from '@dozen/service-testing';
import { eventually } from '@dozen/testing';
import { startGateway, type TestGateway } from './support/gateway.js';
import { orderCancelled, orderCancelling, orderConfirmed, orderPlaced, total } from './support/messages.js';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway({ processTypes: 'web,consumer' });
});

afterAll(() => gateway.stop());

const cancel = (id: string, as = {}) => gateway.call(`/v1/orders/${id}/cancellation`, { method: 'POST', as });

async function commands(orderId: string): Promise<unknown[]> {
  return gateway.dataSource.query(
    "SELECT payload::json AS payload FROM messaging.outbox WHERE key = $1 AND headers->>'ce_type' = $2",
    [orderId, CancelOrder.type],
  );
}

async function untilShown(id: string, view: object): Promise<void> {
  await eventually(async () => expect((await gateway.call(`/v1/orders/${id}`)).body).toMatchObject(view));
}

describe('POST /v1/orders/{id}/cancellation', () => {
  it('is noted, passed on once however often it is said, and answered alike', async () => {
    const id = await gateway.placed();
    const answers = await Promise.all([cancel(id), cancel(id), cancel(id)]);
    for (const { status, headers, body } of answers) {
      expect([status, headers.get('location')]).toEqual([202, `/v1/orders/${id}`]);
      expect(body).toMatchObject({ id, status: 'pending', cancellation: { status: 'requested', reason: null } });
    }
    expect(await commands(id)).toEqual([{ payload: { orderId: id, customerId: 'ada' } }]);
    const { body } = await gateway.call(`/v1/orders/${id}/timeline`);
    expect(body['items']).toMatchObject([{ what: expect.any(String) }, { what: 'Cancellation requested' }]);
  });

  it('needs the scope for writing, and an order of the caller', async () => {
    const id = await gateway.placed();
    expect((await cancel(id, { scope: 'orders:read' })).status).toBe(403);
    for (const answer of [await cancel(newId()), await cancel(id, { sub: 'bob' })]) {
      expect([answer.status, answer.body['code']]).toEqual([404, 'GWY-ORDER-NOT-FOUND']);
    }
    expect((await cancel('no-id')).status).toBe(400);
    expect(await commands(id)).toEqual([]);
  });

  it('is refused at once for an order that is shown as confirmed', async () => {
    const id = await gateway.placed();
    await gateway.send(orderPlaced(id), orderConfirmed(id));
    await untilShown(id, { status: 'confirmed' });
    const answer = await cancel(id);
    expect([answer.status, answer.body['code']]).toEqual([409, 'GWY-ORDER-FINAL']);
    expect(await commands(id)).toEqual([]);
  });
});

describe('a cancellation', () => {
  it('shows what orders makes of it', async () => {
    const id = await gateway.placed();
    await cancel(id);
    await gateway.send(orderPlaced(id), orderCancelling(id));
    await untilShown(id, { status: 'cancelling', cancellation: { status: 'accepted' } });
    await gateway.send(orderCancelled(id));
    await untilShown(id, { status: 'cancelled', total });
    expect((await cancel(id)).status).toBe(202);
    expect(await commands(id)).toHaveLength(1);
  });

  it('that is refused says so to whoever asked, and to nobody else', async () => {
    const [mine, unknown] = [await gateway.placed(), newId()];
    await cancel(mine);
    await gateway.send(
      recordOf(CancellationRefused, { orderId: mine, customerId: 'bob', reason: 'ORD-UNKNOWN' }),
      recordOf(CancellationRefused, { orderId: unknown, customerId: 'ada', reason: 'ORD-UNKNOWN' }),
      recordOf(CancellationRefused, { orderId: mine, customerId: 'ada', reason: 'ORD-CONFIRMED' }),
    );
    await untilShown(mine, { cancellation: { status: 'refused', reason: 'ORD-CONFIRMED' } });
    const { body } = await gateway.call(`/v1/orders/${mine}/timeline`);
    expect(body['items']).toHaveLength(3);
    expect((await gateway.call(`/v1/orders/${unknown}`)).status).toBe(404);
  });
});
