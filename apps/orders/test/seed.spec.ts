import { startOrders, type TestOrders } from './support/orders.js';

let orders: TestOrders;

beforeAll(async () => {
  orders = await startOrders({ processTypes: 'jobs' });
});

afterAll(() => orders.stop());

describe('seed', () => {
  it('puts a dozen products in, with stock, and publishes each', async () => {
    const counts: unknown = await orders.dataSource.query(
      `SELECT (SELECT count(*)::int FROM product) AS products, (SELECT count(*)::int FROM stock) AS stocked,
              (SELECT count(*)::int FROM messaging.outbox WHERE topic = 'catalogue.events') AS published`,
    );
    expect(counts).toEqual([{ products: 12, stocked: 12, published: 12 }]);
    expect(await orders.stock('RARE-1')).toEqual({ available: 3, reserved: 0, sold: 0 });
    expect(await orders.stock('SOLD-OUT')).toEqual({ available: 0, reserved: 0, sold: 0 });
    expect(await orders.published('COFFEE-1KG')).toEqual([
      {
        type: 'dozen.ProductSnapshot.v1',
        topic: 'catalogue.events',
        payload: {
          sku: 'COFFEE-1KG',
          version: 1,
          name: 'Coffee beans, 1 kg',
          price: { amount: 1890, currency: 'EUR' },
          availability: 'in-stock',
        },
      },
    ]);
  });

  it('publishes nothing the second time, and tops up no stock', async () => {
    await orders.dataSource.query(`UPDATE stock_level SET available = 1, sold = 2 WHERE sku = 'RARE-1'`);
    expect(await orders.seed()).toBe('12 products, 0 of them new or changed and published');
    expect(await orders.stock('RARE-1')).toEqual({ available: 1, reserved: 0, sold: 2 });
    expect(await orders.published('COFFEE-1KG')).toHaveLength(1);
  });

  it('publishes a product that differs from the list, at the next version', async () => {
    await orders.dataSource.query(`UPDATE product SET price_amount = 1, version = 5 WHERE sku = 'MUG-BLUE'`);
    expect(await orders.seed()).toBe('12 products, 1 of them new or changed and published');
    const events = await orders.published('MUG-BLUE');
    expect(events.at(-1)?.payload).toMatchObject({ version: 6, price: { amount: 1250, currency: 'EUR' } });
  });

  it('leaves what was withdrawn withdrawn', async () => {
    await orders.admin('catalogue withdraw', { sku: 'TEA-GREEN', by: 'grace', why: 'the harvest failed' });
    expect(await orders.seed()).toBe('12 products, 0 of them new or changed and published');
    expect((await orders.published('TEA-GREEN')).at(-1)?.payload).toMatchObject({
      version: 2,
      availability: 'withdrawn',
    });
  });
});
