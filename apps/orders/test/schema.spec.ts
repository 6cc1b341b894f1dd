import { notMigrated, tablesOf, undoMigrations } from '@dozen/service-testing';
import { startOrders, type TestOrders } from './support/orders.js';

let orders: TestOrders;

beforeAll(async () => {
  orders = await startOrders({ processTypes: 'jobs' });
});

afterAll(() => orders.stop());

describe('the migrations', () => {
  it('make the columns that the entities describe', async () => {
    // Checks and defaults are the migration's alone.
    const known = / DROP CONSTRAINT | DROP DEFAULT$/;
    expect(await notMigrated(orders.dataSource, known)).toEqual([]);
  });

  it.each([
    ['stock below nothing', `UPDATE stock_level SET available = -1 WHERE sku = 'RARE-1'`],
    ['units out of nowhere', `INSERT INTO stock_movement VALUES ('RARE-1', gen_random_uuid(), 1, 0, 0)`],
    [
      'a confirmed order without a price',
      `INSERT INTO orders (id, status, version, content_hash, customer_id, customer_email, customer_locale, items)
       VALUES (gen_random_uuid(), 'confirmed', 2, '', '', '', '', '[]')`,
    ],
  ])('refuse %s', async (_, statement) => {
    await expect(orders.dataSource.query(statement)).rejects.toMatchObject({ driverError: { code: '23514' } });
  });

  it('can be undone', async () => {
    expect(await tablesOf(orders.dataSource)).toEqual([
      'catalogue_change',
      'migrations',
      'orders',
      'product',
      'stock',
      'stock_level',
      'stock_movement',
    ]);
    await undoMigrations(orders.dataSource);
    expect(await tablesOf(orders.dataSource)).toEqual(['migrations']);
  });
});
