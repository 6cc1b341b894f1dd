import { UnitsOfWork } from '@dozen/database';
import { newId } from '@dozen/kernel';
import { PostgresOrders } from '../src/adapters/postgres/postgres-orders.js';
import { arrive } from '../src/domain/order.js';
import { startGateway, type TestGateway } from './support/gateway.js';
import { mailArrival } from './support/messages.js';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});

afterAll(() => gateway.stop());

describe('the timeline of an order that nobody has heard of', () => {
  it('counts its positions without a gap when ten transactions write to it at once', async () => {
    const [units, orders, orderId] = [gateway.get(UnitsOfWork), new PostgresOrders(gateway.dataSource), newId()];
    const append = () =>
      units.run(async (unit) => {
        const before = await orders.lock(unit, orderId);
        const { order, entry } = arrive(before, mailArrival());
        orders.append(unit, order, entry);
      });
    await Promise.all(Array.from({ length: 10 }, append));
    const positions = (await orders.timeline(orderId)).map(({ position }) => position);
    expect(positions).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});
