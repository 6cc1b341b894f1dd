import { startNotifier, type TestNotifier } from './support/notifier.js';

let notifier: TestNotifier;

beforeAll(async () => {
  notifier = await startNotifier();
});

afterAll(() => notifier.stop());

describe('the migrations', () => {
  it('make the columns that the entities describe', async () => {
    const { upQueries } = await notifier.dataSource.driver.createSchemaBuilder().log();
    // Checks, defaults and the foreign key are the migration's alone.
    const known = / DROP CONSTRAINT | DROP DEFAULT$/;
    expect(upQueries.map(({ query }) => query).filter((query) => !known.test(query))).toEqual([]);
  });

  it('refuse to call a mail sent that still has its address', async () => {
    const id = '019a8f6e-0000-7000-8000-000000000001';
    await notifier.dataSource.query('INSERT INTO mail_orders (order_id) VALUES ($1)', [id]);
    const insert = notifier.dataSource.query(
      `INSERT INTO mails (order_id, template, message_id, locale, recipient, sent_at)
       VALUES ($1, 'order-placed', '<x@y>', 'en', 'ada@example.org', now())`,
      [id],
    );
    await expect(insert).rejects.toThrow('mails_check');
  });

  it('can be undone', async () => {
    const left = async () => {
      const tables: { name: string }[] = await notifier.dataSource.query(
        "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
      );
      return tables.map(({ name }) => name);
    };
    expect(await left()).toEqual(['mail_orders', 'mails', 'migrations']);
    for (const _migration of notifier.dataSource.migrations) await notifier.dataSource.undoLastMigration();
    expect(await left()).toEqual(['migrations']);
  });
});
