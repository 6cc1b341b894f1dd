import { type BatchWriter, UnitsOfWork } from '@dozen/database';
import { eventually } from '@dozen/testing';
import { PostgresOrders } from '../src/adapters/postgres/postgres-orders.js';
import { arrive } from '../src/domain/order.js';
import { startGateway, type TestGateway } from './support/gateway.js';
import { mailArrival, orderConfirmed, orderPlaced } from './support/messages.js';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway({ processTypes: 'web,consumer' });
});

afterAll(() => gateway.stop());

/** As a release with another fold would have left it. */
async function damage(id: string): Promise<void> {
  await gateway.dataSource.query("UPDATE orders SET view = view - 'cancellation', status = 'placed' WHERE id = $1", [
    id,
  ]);
}

/** What the fold of this release does not know of. */
const oldRelease: BatchWriter<string> = {
  write: (manager, ids) => manager.query("UPDATE orders SET view = view - 'mails' WHERE id = ANY($1)", [ids]),
};

describe('projection rebuild', () => {
  it('makes views again that are not what their timelines say, and no others', async () => {
    const [one, other] = [await gateway.placed(), await gateway.placed()];
    await gateway.send(orderPlaced(one), orderConfirmed(one));
    await eventually(async () => expect((await gateway.call(`/v1/orders/${one}`)).body['status']).toBe('confirmed'));
    const before = (await gateway.call(`/v1/orders/${one}`)).body;
    await damage(one);
    const found = await gateway.rebuild();
    expect(found.changed).toBe(1);
    expect(found.orders).toBeGreaterThan(1);
    expect((await gateway.call(`/v1/orders/${one}`)).body).toEqual(before);
    expect((await gateway.call(`/v1/orders/${other}`)).body['status']).toBe('pending');
    expect(await gateway.rebuild()).toMatchObject({ changed: 0 });
  });

  it('waits for an event that is being recorded, and has it in the view', async () => {
    const [units, orders, id] = [
      gateway.get(UnitsOfWork),
      new PostgresOrders(gateway.dataSource),
      await gateway.placed(),
    ];
    const [begun, commit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    await damage(id);
    const recording = units.run(async (unit) => {
      const { order, entry } = arrive(await orders.lock(unit, id), mailArrival());
      orders.append(unit, order, entry);
      // The rebuild must not go by the view that it finds.
      unit.bufferWrite(oldRelease, id);
      begun.resolve();
      await commit.promise;
    });
    await begun.promise;
    const rebuilding = gateway.rebuild();
    await eventually(async () => {
      const waiting: unknown[] = await gateway.dataSource.query(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      expect(waiting).toHaveLength(1);
    });
    commit.resolve();
    await recording;
    expect(await rebuilding).toMatchObject({ changed: 1 });
    const { body } = await gateway.call(`/v1/orders/${id}`);
    expect(body).toMatchObject({ status: 'pending', cancellation: null, mails: [{ template: 'order-placed' }] });
    expect(await gateway.rebuild()).toMatchObject({ changed: 0 });
  });
});
