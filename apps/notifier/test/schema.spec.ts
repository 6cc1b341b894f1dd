import { notMigrated, tablesOf, undoMigrations } from '@dozen/service-testing';
import { startNotifier, type TestNotifier } from './support/notifier.js';

let notifier: TestNotifier;

beforeAll(async () => {
  notifier = await startNotifier();
});

afterAll(() => notifier.stop());

describe('the migrations', () => {
  it('make the columns that the entities describe', async () => {
    // Checks, defaults and the foreign key are the migration's alone.
    const known = / DROP CONSTRAINT | DROP DEFAULT$/;
    expect(await notMigrated(notifier.dataSource, known)).toEqual([]);
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
    expect(await tablesOf(notifier.dataSource)).toEqual(['mail_orders', 'mails', 'migrations']);
    await undoMigrations(notifier.dataSource);
    expect(await tablesOf(notifier.dataSource)).toEqual(['migrations']);
  });
});
