import { startGateway, type TestGateway } from './support/gateway.js';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});

afterAll(() => gateway.stop());

describe('the migrations', () => {
  it('make the columns that the entities describe', async () => {
    const { upQueries } = await gateway.dataSource.driver.createSchemaBuilder().log();
    // Indexes, checks, defaults and the foreign key are the migration's alone.
    const known = / DROP CONSTRAINT | DROP DEFAULT$|^DROP INDEX /;
    expect(upQueries.map(({ query }) => query).filter((query) => !known.test(query))).toEqual([]);
  });

  it('can be undone', async () => {
    const left = async () => {
      const tables: { name: string }[] = await gateway.dataSource.query(
        "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
      );
      return tables.map(({ name }) => name);
    };
    const days = /^idempotent_requests_\d{8}$/;
    expect((await left()).filter((name) => !days.test(name))).toEqual([
      'idempotency_keys',
      'idempotent_requests',
      'idempotent_requests_spare',
      'migrations',
      'orders',
      'products',
      'timeline',
    ]);
    for (const _migration of gateway.dataSource.migrations) await gateway.dataSource.undoLastMigration();
    expect(await left()).toEqual(['migrations']);
  });
});
