import type { DataSource } from 'typeorm';
import { isAbortedTransaction, isInfrastructureError, openTransaction } from '../src/index.js';
import { createTestDatabase, rejection, type TestDatabase } from './support/database.js';

/** One connection, so that a test knows which one it has. */
const POOL = { DATABASE_POOL_MAX: 1 };

describe('statements with parameters', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeEach(async () => {
    database = await createTestDatabase();
    await database.query('CREATE TABLE things (id int PRIMARY KEY, name text)');
    await database.query("INSERT INTO things VALUES (1, 'one')");
    dataSource = await database.open({ config: { ...database.config, ...POOL } });
  });
  afterEach(() => database.drop());

  const find = (id: number): Promise<unknown> => dataSource.query('SELECT * FROM things WHERE id = $1', [id]);
  const prepared = (): Promise<{ statement: string; calls: number }[]> =>
    dataSource.query('SELECT statement, (generic_plans + custom_plans)::int AS calls FROM pg_prepared_statements');

  it('are prepared once they repeat', async () => {
    await find(1);
    expect(await prepared()).toEqual([]);
    await find(1);
    await find(1);
    expect(await prepared()).toEqual([{ statement: 'SELECT * FROM things WHERE id = $1', calls: 2 }]);
  });

  it('are prepared anew under another schema: one fails, as an outage does, and no more', async () => {
    for (let n = 0; n < 3; n += 1) expect(await find(1)).toEqual([{ id: 1, name: 'one' }]);
    await database.query('ALTER TABLE things ADD COLUMN size int');
    const error = await rejection(find(1));
    expect(isInfrastructureError(error)).toBe(true);
    for (let n = 0; n < 3; n += 1) expect(await find(1)).toEqual([{ id: 1, name: 'one', size: null }]);
  });

  it('are prepared anew when the server has forgotten them', async () => {
    for (let n = 0; n < 3; n += 1) await find(1);
    await dataSource.query('DISCARD ALL');
    expect(isInfrastructureError(await rejection(find(1)))).toBe(true);
    for (let n = 0; n < 3; n += 1) expect(await find(1)).toEqual([{ id: 1, name: 'one' }]);
  });

  it('that are sent behind one that fails say that the transaction had failed, and nothing else', async () => {
    const fresh = 'SELECT name FROM things WHERE id = $1';
    const tx = await openTransaction(dataSource);
    const sent = [
      tx.manager.query('SELECT 1 / $1::int', [0]),
      ...[1, 1, 1, 1].map((id) => tx.manager.query(fresh, [id])),
    ];
    const [first, ...others] = await Promise.all(sent.map(rejection));
    expect(isAbortedTransaction(first)).toBe(false);
    for (const error of others)
      expect([isAbortedTransaction(error), isInfrastructureError(error)]).toEqual([true, false]);
    await tx.rollback();
    for (let n = 0; n < 3; n += 1) expect(await dataSource.query(fresh, [1])).toEqual([{ name: 'one' }]);
  });

  it('that fail by what is in them stay prepared', async () => {
    const divide = (by: number): Promise<unknown> => dataSource.query('SELECT 6 / $1::int AS n', [by]);
    await divide(1);
    for (let n = 0; n < 3; n += 1) {
      expect(isInfrastructureError(await rejection(divide(0)))).toBe(false);
      expect(await divide(2)).toEqual([{ n: 3 }]);
    }
    expect(await prepared()).toHaveLength(1);
  });
});
