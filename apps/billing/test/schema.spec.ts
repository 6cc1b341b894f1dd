import { newId } from '@dozen/kernel';
import { notMigrated, tablesOf, undoMigrations } from '@dozen/service-testing';
import { startBilling, type TestBilling } from './support/billing.js';

let billing: TestBilling;

beforeAll(async () => {
  // Nothing is charged here.
  billing = await startBilling({ providerUrl: 'http://127.0.0.1:9' });
});

afterAll(() => billing.stop());

async function sql(text: string, values: unknown[] = []): Promise<void> {
  await billing.dataSource.query(text, values);
}

const refused = (constraint: RegExp): unknown =>
  expect.objectContaining({ message: expect.stringMatching(constraint) as string });

/** A payment and its invoice's booking, without entries. */
async function addPayment(state = 'requested', token: string | null = 'tok_ok'): Promise<string> {
  const [id, orderId] = [newId(), newId()];
  await sql(
    `INSERT INTO invoice (id, order_id, customer_id, lines, amount, currency) VALUES ($1, $2, 'c', '[1]', 5, 'EUR')`,
    [id, orderId],
  );
  await sql(
    `INSERT INTO payment (id, invoice_id, order_id, amount, currency, state, version, payment_token)
     VALUES ($1, $1, $2, 5, 'EUR', $3, 1, $4)`,
    [id, orderId, state, token],
  );
  await sql(`INSERT INTO ledger_transaction (payment_id, booking) VALUES ($1, 'invoice')`, [id]);
  return id;
}

async function addEntries(
  paymentId: string,
  ...entries: (readonly [account: string, amount: number, currency?: string])[]
) {
  const rows = entries.map(
    ([account, amount, currency = 'EUR'], n) =>
      `('${paymentId}', 'invoice', ${n + 1}, '${account}', ${amount}, '${currency}')`,
  );
  await sql(
    `INSERT INTO ledger_entry (payment_id, booking, position, account, amount, currency) VALUES ${rows.join()}`,
  );
}

describe('the tables', () => {
  it('refuse entries that do not sum to zero in each currency', async () => {
    const id = await addPayment();
    await expect(addEntries(id, ['revenue', -5])).rejects.toEqual(refused(/do not sum to zero/));
    await expect(addEntries(id, ['revenue', -5, 'EUR'], ['provider_clearing', 5, 'USD'])).rejects.toEqual(
      refused(/do not sum to zero/),
    );
    await addEntries(id, ['revenue', -5], ['provider_clearing', 5]);
  });

  it('refuse an account that nobody knows', async () => {
    const id = await addPayment();
    await expect(addEntries(id, ['revenue', -5], ['my_pocket', 5])).rejects.toEqual(refused(/account_check/));
  });

  it('refuse to change or forget what is booked', async () => {
    const id = await addPayment();
    await addEntries(id, ['revenue', -5], ['provider_clearing', 5]);
    for (const change of [
      'UPDATE ledger_entry SET amount = 0',
      'DELETE FROM ledger_entry',
      'TRUNCATE ledger_entry',
      'UPDATE ledger_transaction SET booked_at = now()',
      'DELETE FROM ledger_transaction',
    ]) {
      await expect(sql(change)).rejects.toEqual(refused(/append-only/));
    }
  });

  it('refuse to book the same thing of a payment twice', async () => {
    const id = await addPayment();
    const again = sql(`INSERT INTO ledger_transaction (payment_id, booking) VALUES ($1, 'invoice')`, [id]);
    await expect(again).rejects.toEqual(refused(/ledger_transaction_pkey/));
  });

  it('refuse a payment that has a token without waiting, or waits without one', async () => {
    await expect(addPayment('captured', 'tok_ok')).rejects.toEqual(refused(/payment_check/));
    await expect(addPayment('requested', null)).rejects.toEqual(refused(/payment_check/));
  });

  it('refuse a second invoice of an order, and a payment of another amount than its invoice', async () => {
    const id = await addPayment();
    await expect(
      sql(
        `INSERT INTO invoice SELECT gen_random_uuid(), order_id, customer_id, lines, amount, currency FROM invoice WHERE id = $1`,
        [id],
      ),
    ).rejects.toEqual(refused(/invoice_order_id_key/));
    await expect(sql('UPDATE payment SET amount = 6 WHERE id = $1', [id])).rejects.toEqual(
      refused(/payment_invoice_id.*fkey/),
    );
  });
});

describe('the migrations', () => {
  it('make the columns that the entities describe', async () => {
    // Indexes, checks, defaults, foreign keys and the times for people are the migration's alone.
    const known = / DROP CONSTRAINT | DROP DEFAULT$|^DROP INDEX | DROP COLUMN "(created|booked)_at"$/;
    expect(await notMigrated(billing.dataSource, known)).toEqual([]);
  });

  it('can be undone', async () => {
    const ours = ['invoice', 'ledger_balance', 'ledger_entry', 'ledger_transaction', 'migrations', 'payment'];
    expect(await tablesOf(billing.dataSource)).toEqual(ours);
    await undoMigrations(billing.dataSource);
    expect(await tablesOf(billing.dataSource)).toEqual(['migrations']);
  });
});
