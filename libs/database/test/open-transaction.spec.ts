import type { DataSource, EntityManager } from 'typeorm';
import { IN_TRANSACTION, openTransaction, openTransactionWith, UnitOfWork } from '../src/index.js';
import { eventually, rejection } from './support/database.js';
import { Noted } from './support/noted.js';
import { backend, codeOf, insert, Notes } from './support/notes.js';

let notes: Notes;
beforeAll(async () => {
  notes = await Notes.create();
});
beforeEach(() => notes.reset());
afterAll(() => notes.database.drop());

describe('an open transaction', () => {
  it('hosts several units on one manager, each with its own messages', async () => {
    const transaction = await openTransaction(notes.dataSource, { deadlineMs: 5_000 });
    const { manager, signal } = transaction;
    const hosted = ['a', 'b'].map((key) => ({ key, unit: new UnitOfWork({ manager, signal }) }));
    await Promise.all(
      hosted.map(async ({ key, unit }, index) => {
        await insert(unit.manager, index);
        unit.publish(Noted, { key, n: index });
      }),
    );
    expect(hosted.map(({ unit }) => unit.drain().map(({ subject }) => subject))).toEqual([['a'], ['b']]);
    await transaction.commit();
    expect(await notes.ids()).toEqual([0, 1]);
  });

  it('refuses statements that come after rollback, so that they never run outside of it', async () => {
    const { manager, rollback } = await open();
    await insert(manager, 1);
    await rollback();
    expect(codeOf(await rejection(insert(manager, 2)))).toBe('UOW-CLOSED');
    expect(await notes.ids()).toEqual([]);
  });

  it('can be ended again without harm to the next owner of the connection', async () => {
    const one = await notes.database.open({ config: { ...notes.database.config, DATABASE_POOL_MAX: 1 } });
    const first = await openTransaction(one);
    await first.commit();
    const second = await openTransaction(one);
    await first.rollback();
    first.destroy(new Error('late'));
    await insert(second.manager, 1);
    await second.commit();
    expect(await notes.ids()).toEqual([1]);
  });

  it('whose connection is destroyed under a statement lets go on the server long before its deadline', async () => {
    const transaction = await openTransaction(notes.dataSource, { deadlineMs: 20_000 });
    const pid = await backend(transaction.manager);
    const statement = rejection(transaction.manager.query('SELECT pg_sleep(30)'));
    const running = `SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND query LIKE 'SELECT pg_sleep%'`;
    await eventually(async () => (await notes.database.query(running, [pid])).length > 0);
    transaction.destroy(new Error('enough'));
    expect(String(await statement)).toContain('enough');
    await eventually(async () => !(await notes.alive(pid)), 4_000);
  });

  it('rolls back what a destroyed connection had done', async () => {
    const transaction = await openTransaction(notes.dataSource);
    const pid = await backend(transaction.manager);
    await insert(transaction.manager, 1);
    transaction.destroy(new Error('enough'));
    await eventually(async () => !(await notes.alive(pid)));
    expect(await notes.ids()).toEqual([]);
  });

  async function open() {
    const transaction = await openTransaction(notes.dataSource);
    return { manager: transaction.manager, rollback: () => transaction.rollback() };
  }
});

describe('what is sent together with BEGIN', () => {
  const first = (manager: EntityManager): Promise<unknown> =>
    manager.query(`INSERT INTO note SELECT 1, 'x' WHERE ${IN_TRANSACTION}`);

  it('is part of the transaction', async () => {
    const { tx, answers } = await openTransactionWith(notes.dataSource, {}, first);
    await answers;
    expect(await notes.ids()).toEqual([]);
    await tx.commit();
    expect(await notes.ids()).toEqual([1]);
  });

  it('does nothing when BEGIN fails, and the connection serves the next one', async () => {
    const one = await notes.database.open({ config: { ...notes.database.config, DATABASE_POOL_MAX: 1 } });
    await refusingBegin(one, async () => {
      expect(String(await rejection(openTransactionWith(one, {}, first)))).toContain('division by zero');
    });
    const { tx } = await openTransactionWith(one, {}, () => Promise.resolve());
    await tx.commit();
    expect(await notes.ids()).toEqual([]);
  });
});

/** Meanwhile the one connection fails at BEGIN, as when it is cancelled just then: no transaction is open, and none is aborted. */
async function refusingBegin(dataSource: DataSource, work: () => Promise<void>): Promise<void> {
  const runner = dataSource.createQueryRunner();
  const client = (await runner.connect()) as { query: (text: string, ...rest: unknown[]) => unknown };
  const { query } = client;
  client.query = (text, ...rest) => query(text.startsWith('START TRANSACTION') ? 'SELECT 1 / 0' : text, ...rest);
  await runner.release();
  await work();
  client.query = query;
}
