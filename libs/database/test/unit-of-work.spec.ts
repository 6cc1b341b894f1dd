import { DozenError } from '@dozen/kernel';
import type { DataSource, EntityManager } from 'typeorm';
import {
  isAbortedTransaction,
  isInfrastructureError,
  openTransaction,
  sqlStateOf,
  UnitOfWork,
  UnitsOfWork,
} from '../src/index.js';
import {
  createTestDatabase,
  eventually,
  Noted,
  rejection,
  TableOutbox,
  type TestDatabase,
} from './support/database.js';

let database: TestDatabase;
let dataSource: DataSource;
let outbox: TableOutbox;
let units: UnitsOfWork;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await database.open();
  await database.query('CREATE TABLE note (id int PRIMARY KEY, text text)');
  await database.query('CREATE TABLE line (note int REFERENCES note DEFERRABLE INITIALLY DEFERRED)');
  await database.query(TableOutbox.ddl);
});

beforeEach(async () => {
  await database.query('TRUNCATE note, line, outbox RESTART IDENTITY');
  outbox = new TableOutbox();
  units = new UnitsOfWork({ dataSource, outbox });
});

afterAll(() => database.drop());

const insert = (manager: EntityManager, id: number): Promise<unknown> =>
  manager.query('INSERT INTO note VALUES ($1, $2)', [id, 'x']);
const noteIds = async (): Promise<number[]> =>
  (await database.query<{ id: number }>('SELECT id FROM note ORDER BY id')).map(({ id }) => id);
const backend = async (manager: EntityManager): Promise<number> => {
  const rows: { pid: number }[] = await manager.query('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid ?? 0;
};
const alive = async (pid: number): Promise<boolean> =>
  (await database.query('SELECT 1 FROM pg_stat_activity WHERE pid = $1', [pid])).length > 0;
const codeOf = (error: unknown): string | undefined => (error instanceof DozenError ? error.code : undefined);

describe('a unit of work', () => {
  it('commits rows and messages together, messages in the order of publishing, then runs its hooks', async () => {
    const seen: string[] = [];
    const result = await units.run(async (unit) => {
      unit.publish(Noted, { key: 'b', n: 1 });
      await insert(unit.manager, 1);
      unit.publish(Noted, { key: 'a', n: 2 });
      unit.publish(Noted, { key: 'b', n: 3 });
      unit.afterCommit(() => seen.push(`first after ${outbox.counts.length} commits`));
      unit.afterCommit(() => seen.push('second'));
      expect(await noteIds()).toEqual([]);
      return 'done';
    });
    expect(result).toBe('done');
    expect(await noteIds()).toEqual([1]);
    expect(await database.query('SELECT subject, payload FROM outbox ORDER BY seq')).toEqual([
      { subject: 'b', payload: { key: 'b', n: 1 } },
      { subject: 'a', payload: { key: 'a', n: 2 } },
      { subject: 'b', payload: { key: 'b', n: 3 } },
    ]);
    expect({ writes: outbox.writes, counts: outbox.counts }).toEqual({ writes: 1, counts: [3] });
    expect(seen).toEqual(['first after 1 commits', 'second']);
  });

  it('leaves neither rows nor messages nor hooks when the work throws, and rethrows the very error', async () => {
    const failure = new Error('no');
    const thrown = await rejection(
      units.run(async (unit) => {
        await insert(unit.manager, 1);
        unit.publish(Noted, { key: 'a', n: 1 });
        unit.afterCommit(() => outbox.committed(-1));
        throw failure;
      }),
    );
    expect(thrown).toBe(failure);
    expect(await noteIds()).toEqual([]);
    expect(outbox).toMatchObject({ writes: 0, counts: [] });
  });

  it('rolls its rows back when the outbox cannot be written', async () => {
    outbox.write = () => Promise.reject(new Error('outbox'));
    await rejection(
      units.run(async (unit) => {
        await insert(unit.manager, 1);
        unit.publish(Noted, { key: 'a', n: 1 });
      }),
    );
    expect(await noteIds()).toEqual([]);
  });

  it('stays committed when a hook throws, and reports what it threw', async () => {
    const reported: unknown[] = [];
    const careful = new UnitsOfWork({ dataSource, outbox, onHookError: (error) => reported.push(error) });
    const failure = new Error('hook');
    let later = false;
    await careful.run(async (unit) => {
      await insert(unit.manager, 1);
      unit.afterCommit(() => {
        throw failure;
      });
      unit.afterCommit(() => (later = true));
    });
    expect(reported).toEqual([failure]);
    expect({ ids: await noteIds(), later }).toEqual({ ids: [1], later: true });
  });

  it('refuses every use after its end, also through a manager kept from before', async () => {
    let kept: { unit: UnitOfWork; manager: EntityManager } | undefined;
    await units.run(async (unit) => {
      kept = { unit, manager: unit.manager };
      await insert(unit.manager, 1);
    });
    if (kept === undefined) throw new Error('the unit did not run');
    const { unit, manager } = kept;
    expect(() => unit.manager).toThrow(expect.objectContaining({ code: 'UOW-CLOSED' }));
    expect(() => unit.publish(Noted, { key: 'a', n: 1 })).toThrow(expect.objectContaining({ code: 'UOW-CLOSED' }));
    expect(() => unit.afterCommit(() => undefined)).toThrow(expect.objectContaining({ code: 'UOW-CLOSED' }));
    expect(codeOf(await rejection(insert(manager, 2)))).toBe('UOW-CLOSED');
    expect(await noteIds()).toEqual([1]);
  });

  it('says so when a swallowed error made PostgreSQL roll back instead of commit', async () => {
    const thrown = await rejection(
      units.run(async (unit) => {
        await insert(unit.manager, 1);
        await rejection(insert(unit.manager, 1));
        expect(isAbortedTransaction(await rejection(insert(unit.manager, 2)))).toBe(true);
      }),
    );
    expect(codeOf(thrown)).toBe('UOW-ABORTED');
    expect(await noteIds()).toEqual([]);
  });

  it('passes on a constraint that COMMIT refuses, and the connection is still good', async () => {
    let pid = 0;
    const thrown = await rejection(
      units.run(async (unit) => {
        pid = await backend(unit.manager);
        await unit.manager.query('INSERT INTO line VALUES (99)');
      }),
    );
    expect(sqlStateOf(thrown)).toBe('23503');
    expect(isInfrastructureError(thrown)).toBe(false);
    expect(await alive(pid)).toBe(true);
  });

  it('nests a transaction of TypeORM as a savepoint', async () => {
    await units.run(async (unit) => {
      await insert(unit.manager, 1);
      await rejection(
        unit.manager.transaction(async (inner) => {
          await insert(inner, 2);
          throw new Error('inner');
        }),
      );
      await unit.manager.transaction((inner) => insert(inner, 3));
    });
    expect(await noteIds()).toEqual([1, 3]);
  });

  it('issues 500 statements at once on one connection and gets every answer, in order', async () => {
    await units.run(async (unit) => {
      const ids = Array.from({ length: 500 }, (_, index) => index);
      const answers = await Promise.all(
        ids.map(async (id) => {
          const rows: { id: number }[] = await unit.manager.query('INSERT INTO note VALUES ($1) RETURNING id', [id]);
          return rows[0]?.id;
        }),
      );
      expect(answers).toEqual(ids);
    });
    expect(await noteIds()).toHaveLength(500);
  });

  it('fails the one statement in 500 that is wrong and those behind it, and is usable for the next unit', async () => {
    const outcomes = await units
      .run(async (unit) => {
        const ids = Array.from({ length: 500 }, (_, index) => (index === 250 ? 0 : index));
        const settled = await Promise.allSettled(ids.map((id) => insert(unit.manager, id)));
        return Promise.reject(Object.assign(new Error('look'), { settled }));
      })
      .catch((error: { settled: PromiseSettledResult<unknown>[] }) => error.settled);
    const states = outcomes.map((outcome) => (outcome.status === 'rejected' ? sqlStateOf(outcome.reason) : 'ok'));
    expect(states.slice(0, 250).every((state) => state === 'ok')).toBe(true);
    expect(states[250]).toBe('23505');
    expect(states.slice(251).every((state) => state === '25P02')).toBe(true);
    await units.run((unit) => insert(unit.manager, 1));
    expect(await noteIds()).toEqual([1]);
  });
});

describe('the limits of a unit', () => {
  it('are set on the server, for this transaction alone', async () => {
    const limits = `SELECT current_setting('transaction_timeout') AS total, current_setting('lock_timeout') AS lock,
                           current_setting('idle_in_transaction_session_timeout') AS idle`;
    const one = await database.open({ config: { ...database.config, DATABASE_POOL_MAX: 1 } });
    const limited = new UnitsOfWork({
      dataSource: one,
      outbox,
      policy: { lockTimeoutMs: 300, idleInTransactionMs: 700 },
    });
    const inside: unknown = await limited.run((unit) => unit.manager.query(limits), { deadlineMs: 4_000 });
    expect(inside).toEqual([{ total: '5s', lock: '300ms', idle: '700ms' }]);
    expect(await one.query(limits)).toEqual([{ total: '0', lock: '0', idle: '0' }]);
  });

  it('let a statement wait for a lock only so long, which is infrastructure', async () => {
    await database.query('INSERT INTO note VALUES (1)');
    const impatient = new UnitsOfWork({ dataSource, outbox, policy: { lockTimeoutMs: 100 } });
    await units.run(async (holder) => {
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
      units.run(
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
    expect(() => unit?.manager).toThrow(expect.objectContaining({ code: 'UOW-CLOSED', cause: thrown }));
    const late = await rejection(manager === undefined ? Promise.resolve() : insert(manager, 2));
    expect([codeOf(late), isInfrastructureError(late)]).toEqual(['UOW-CLOSED', true]);
    await eventually(async () => !(await alive(pid)));
    expect(await noteIds()).toEqual([]);
  });

  it('destroy the connection also while a statement runs, and PostgreSQL notices before it ends', async () => {
    let pid = 0;
    const begin = Date.now();
    let inner: unknown;
    const thrown = await rejection(
      units.run(
        async (unit) => {
          pid = await backend(unit.manager);
          inner = await rejection(unit.manager.query('SELECT pg_sleep(30)'));
          throw inner;
        },
        { deadlineMs: 300 },
      ),
    );
    expect(codeOf(thrown)).toBe('UOW-DEADLINE');
    await eventually(async () => !(await alive(pid)));
    expect(Date.now() - begin).toBeLessThan(5_000);
    expect(isInfrastructureError(inner)).toBe(true);
  });

  it('keep the pool whole: after many deadlines as many connections can be had as before', async () => {
    const small = await database.open({ config: { ...database.config, DATABASE_POOL_MAX: 2 } });
    const slow = new UnitsOfWork({ dataSource: small, outbox });
    for (let round = 0; round < 4; round += 1) {
      const runs = [1, 2].map(() =>
        rejection(slow.run((unit) => unit.manager.query('SELECT pg_sleep(30)'), { deadlineMs: 50 })),
      );
      expect((await Promise.all(runs)).map(codeOf)).toEqual(['UOW-DEADLINE', 'UOW-DEADLINE']);
    }
    await Promise.all([1, 2].map((id) => slow.run((unit) => insert(unit.manager, id))));
    expect(await noteIds()).toEqual([1, 2]);
  });

  it('end on the server when this process cannot: idle in transaction is infrastructure', async () => {
    const frozen = new UnitsOfWork({ dataSource, outbox, policy: { idleInTransactionMs: 100 } });
    let later: unknown;
    const thrown = await rejection(
      frozen.run(async (unit) => {
        const { manager } = unit;
        await insert(manager, 1);
        await eventually(async () => unit.signal.aborted);
        later = await rejection(insert(manager, 2));
        throw later;
      }),
    );
    expect(codeOf(thrown)).toBe('DB-CONNECTION-LOST');
    expect(isInfrastructureError(thrown)).toBe(true);
    await eventually(async () => later !== undefined);
    expect([codeOf(later), isInfrastructureError(later)]).toEqual(['UOW-CLOSED', true]);
    expect(await noteIds()).toEqual([]);
  });
});

describe('a terminated backend', () => {
  it.each([
    ['between statements', false],
    ['under a statement', true],
  ])('%s is infrastructure, and the next unit gets another connection', async (_, running) => {
    const thrown = await rejection(
      units.run(async (unit) => {
        await insert(unit.manager, 1);
        const pid = await backend(unit.manager);
        const statement = running ? rejection(unit.manager.query('SELECT pg_sleep(30)')) : undefined;
        await database.query('SELECT pg_terminate_backend($1)', [pid]);
        await eventually(async () => !(await alive(pid)));
        if (statement !== undefined) throw await statement;
        await insert(unit.manager, 2);
      }),
    );
    expect(isInfrastructureError(thrown)).toBe(true);
    await units.run((unit) => insert(unit.manager, 3));
    expect(await noteIds()).toEqual([3]);
  });

  it('idle in the pool only reaches the pool error listener', async () => {
    const errors: Error[] = [];
    const watched = await database.open({ service: 'idle-victim', onPoolError: (error) => errors.push(error) });
    await watched.query('SELECT 1');
    await database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'idle-victim'`,
    );
    await eventually(async () => errors.length > 0);
    expect(errors.every(isInfrastructureError)).toBe(true);
    expect(await watched.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe('an open transaction', () => {
  it('hosts several units on one manager, each with its own messages', async () => {
    const transaction = await openTransaction(dataSource, { deadlineMs: 5_000 });
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
    expect(await noteIds()).toEqual([0, 1]);
  });

  it('refuses statements that come after rollback, so that they never run outside of it', async () => {
    const { manager, rollback } = await open();
    await insert(manager, 1);
    await rollback();
    expect(codeOf(await rejection(insert(manager, 2)))).toBe('UOW-CLOSED');
    expect(await noteIds()).toEqual([]);
  });

  it('can be ended again without harm to the next owner of the connection', async () => {
    const one = await database.open({ config: { ...database.config, DATABASE_POOL_MAX: 1 } });
    const first = await openTransaction(one);
    await first.commit();
    const second = await openTransaction(one);
    await first.rollback();
    first.destroy(new Error('late'));
    await insert(second.manager, 1);
    await second.commit();
    expect(await noteIds()).toEqual([1]);
  });

  it('rolls back what a destroyed connection had done', async () => {
    const transaction = await openTransaction(dataSource);
    const pid = await backend(transaction.manager);
    await insert(transaction.manager, 1);
    transaction.destroy(new Error('enough'));
    await eventually(async () => !(await alive(pid)));
    expect(await noteIds()).toEqual([]);
  });

  async function open() {
    const transaction = await openTransaction(dataSource);
    return { manager: transaction.manager, rollback: () => transaction.rollback() };
  }
});

describe('a pool with nothing left', () => {
  it('times out, which is infrastructure', async () => {
    const config = { ...database.config, DATABASE_POOL_MAX: 1, DATABASE_CONNECT_TIMEOUT_MS: 200 };
    const tiny = await database.open({ config });
    const tinyUnits = new UnitsOfWork({ dataSource: tiny, outbox });
    await tinyUnits.run(async () => {
      expect(isInfrastructureError(await rejection(tinyUnits.run(async () => undefined)))).toBe(true);
    });
  });

  it('and a server that is not there, too', async () => {
    const config = { ...database.config, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
    expect(isInfrastructureError(await rejection(database.open({ config })))).toBe(true);
  });
});
