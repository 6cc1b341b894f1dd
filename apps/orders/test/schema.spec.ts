import { startOrders, type TestOrders } from './support/orders.js';

let orders: TestOrders;

beforeAll(async () => {
  orders = await startOrders({ processTypes: 'jobs' });
});

afterAll(() => orders.stop());

describe('the migrations', () => {
  it('make the columns that the entities describe', async () => {
    const { upQueries } = await orders.dataSource.driver.createSchemaBuilder().log();
    // Checks and defaults are the migration's alone.
    const known = / DROP CONSTRAINT | DROP DEFAULT$/;
    expect(upQueries.map(({ query }) => query).filter((query) => !known.test(query))).toEqual([]);
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
    const left = async () => {
      const tables: { name: string }[] = await orders.dataSource.query(
        "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v') ORDER BY 1",
      );
      return tables.map(({ name }) => name);
    };
    expect(await left()).toEqual([
      'catalogue_change',
      'migrations',
      'orders',
      'product',
      'stock',
      'stock_level',
      'stock_movement',
    ]);
    for (const _migration of orders.dataSource.migrations) await orders.dataSource.undoLastMigration();
    expect(await left()).toEqual(['migrations']);
  });
});
