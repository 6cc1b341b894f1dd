import type { EntityManager } from 'typeorm';
import { isInfrastructureError, sqlStateOf, type UnitOfWork, UnitsOfWork } from '../src/index.js';
import { eventually, rejection, thrownBy } from './support/database.js';
import { backend, codeOf, insert, Notes } from './support/notes.js';

let notes: Notes;
beforeAll(async () => {
  notes = await Notes.create();
});
beforeEach(() => notes.reset());
afterAll(() => notes.database.drop());

describe('the limits of a unit', () => {
  it('are set on the server, for this transaction alone', async () => {
    const limits = `SELECT current_setting('transaction_timeout') AS total, current_setting('lock_timeout') AS lock,
                           current_setting('idle_in_transaction_session_timeout') AS idle`;
    const one = await notes.database.open({ config: { ...notes.database.config, DATABASE_POOL_MAX: 1 } });
    const limited = new UnitsOfWork({
      dataSource: one,
      outbox: notes.outbox,
      policy: { lockTimeoutMs: 300, idleInTransactionMs: 700 },
    });
    const inside: unknown = await limited.run((unit) => unit.manager.query(limits), { deadlineMs: 4_000 });
    expect(inside).toEqual([{ total: '5s', lock: '300ms', idle: '700ms' }]);
    expect(await one.query(limits)).toEqual([{ total: '0', lock: '0', idle: '0' }]);
  });

  it('let a statement wait for a lock only so long, which is infrastructure', async () => {
    await notes.database.query('INSERT INTO note VALUES (1)');
    const impatient = new UnitsOfWork({
      dataSource: notes.dataSource,
      outbox: notes.outbox,
      policy: { lockTimeoutMs: 100 },
    });
    await notes.units.run(async (holder) => {
      await holder.manager.query('SELECT * FROM note FOR UPDATE');
      const thrown = await rejection(impatient.run((unit) => unit.manager.query('SELECT * FROM note FOR UPDATE')));
      expect(sqlStateOf(thrown)).toBe('55P03');
      expect(isInfrastructureError(thrown)).toBe(true);
    });
  });

  it('reject at the deadline while the work hangs, close the unit and destroy the connection', async () => {
    let unit: UnitOfWork | undefined;
    let manager: EntityManager | undefined;
    let pid = 0;
    const begin = Date.now();
    const thrown = await rejection(
      notes.units.run(
        async (running) => {
          unit = running;
          manager = running.manager;
          await insert(manager, 1);
          pid = await backend(manager);
          await new Promise(() => undefined);
        },
        { deadlineMs: 300 },
      ),
    );
    expect(Date.now() - begin).toBeLessThan(1_500);
    expect(codeOf(thrown)).toBe('UOW-DEADLINE');
    expect(isInfrastructureError(thrown)).toBe(true);
    expect(unit?.signal.reason).toBe(thrown);
    // What a handler throws because its unit was closed must not be taken for a message's own failure.
    expect(thrownBy(() => unit?.manager)).toMatchObject({ code: 'UOW-CLOSED', cause: thrown });
    const late = await rejection(manager === undefined ? Promise.resolve() : insert(manager, 2));
    expect([codeOf(late), isInfrastructureError(late)]).toEqual(['UOW-CLOSED', true]);
    // Before the server's own limit, a second after the deadline, would have ended it.
    await eventually(async () => !(await notes.alive(pid)), 500);
    expect(await notes.ids()).toEqual([]);
  });

  it('destroy the connection also while a statement runs, and PostgreSQL notices before it ends', async () => {
    let pid = 0;
    const begin = Date.now();
    let inner: unknown;
    const thrown = await rejection(
      notes.units.run(
        async (unit) => {
          pid = await backend(unit.manager);
          inner = await rejection(unit.manager.query('SELECT pg_sleep(30)'));
          throw inner;
        },
        { deadlineMs: 300 },
      ),
    );
    expect(codeOf(thrown)).toBe('UOW-DEADLINE');
    await eventually(async () => !(await notes.alive(pid)));
    expect(Date.now() - begin).toBeLessThan(5_000);
    expect(isInfrastructureError(inner)).toBe(true);
  });

  it('keep the pool whole: after many deadlines as many connections can be had as before', async () => {
    const small = await notes.database.open({ config: { ...notes.database.config, DATABASE_POOL_MAX: 2 } });
    const slow = new UnitsOfWork({ dataSource: small, outbox: notes.outbox });
    const begin = Date.now();
    for (let round = 0; round < 4; round += 1) {
      const runs = [1, 2].map(() =>
        rejection(slow.run((unit) => unit.manager.query('SELECT pg_sleep(30)'), { deadlineMs: 50 })),
      );
      expect((await Promise.all(runs)).map(codeOf)).toEqual(['UOW-DEADLINE', 'UOW-DEADLINE']);
    }
    expect(Date.now() - begin).toBeLessThan(1_500);
    await Promise.all([1, 2].map((id) => slow.run((unit) => insert(unit.manager, id))));
    expect(await notes.ids()).toEqual([1, 2]);
  });

  it('end on the server when this process cannot: idle in transaction is infrastructure', async () => {
    const frozen = new UnitsOfWork({
      dataSource: notes.dataSource,
      outbox: notes.outbox,
      policy: { idleInTransactionMs: 100 },
    });
    let later: unknown;
    const thrown = await rejection(
      frozen.run(async (unit) => {
        const { manager } = unit;
        await insert(manager, 1);
        await eventually(() => unit.signal.aborted);
        later = await rejection(insert(manager, 2));
        throw later;
      }),
    );
    expect(codeOf(thrown)).toBe('DB-CONNECTION-LOST');
    expect(isInfrastructureError(thrown)).toBe(true);
    await eventually(() => later !== undefined);
    expect([codeOf(later), isInfrastructureError(later)]).toEqual(['UOW-CLOSED', true]);
    expect(await notes.ids()).toEqual([]);
  });
});
