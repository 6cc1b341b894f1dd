import type { EntityManager } from 'typeorm';
import { isAbortedTransaction, isInfrastructureError, sqlStateOf, type UnitOfWork, UnitsOfWork } from '../src/index.js';
import { rejection, thrownBy } from './support/database.js';
import { Noted } from './support/noted.js';
import { backend, codeOf, insert, Notes } from './support/notes.js';

let notes: Notes;
beforeAll(async () => {
  notes = await Notes.create();
});
beforeEach(() => notes.reset());
afterAll(() => notes.database.drop());

describe('a unit of work', () => {
  it('commits rows and messages together, messages in the order of publishing, then runs its hooks', async () => {
    const seen: string[] = [];
    const result = await notes.units.run(async (unit) => {
      unit.publish(Noted, { key: 'b', n: 1 });
      await insert(unit.manager, 1);
      unit.publish(Noted, { key: 'a', n: 2 });
      unit.publish(Noted, { key: 'b', n: 3 });
      unit.afterCommit(() => seen.push(`first after ${notes.outbox.counts.length} commits`));
      unit.afterCommit(() => seen.push('second'));
      expect(await notes.ids()).toEqual([]);
      return 'done';
    });
    expect(result).toBe('done');
    expect(await notes.ids()).toEqual([1]);
    expect(await notes.database.query('SELECT subject, payload FROM outbox ORDER BY seq')).toEqual([
      { subject: 'b', payload: { key: 'b', n: 1 } },
      { subject: 'a', payload: { key: 'a', n: 2 } },
      { subject: 'b', payload: { key: 'b', n: 3 } },
    ]);
    expect({ writes: notes.outbox.writes, counts: notes.outbox.counts }).toEqual({ writes: 1, counts: [3] });
    expect(seen).toEqual(['first after 1 commits', 'second']);
  });

  it('leaves neither rows nor messages nor hooks when the work throws, and rethrows the very error', async () => {
    const failure = new Error('no');
    const thrown = await rejection(
      notes.units.run(async (unit) => {
        await insert(unit.manager, 1);
        unit.publish(Noted, { key: 'a', n: 1 });
        unit.afterCommit(() => notes.outbox.committed([]));
        throw failure;
      }),
    );
    expect(thrown).toBe(failure);
    expect(await notes.ids()).toEqual([]);
    expect(notes.outbox).toMatchObject({ writes: 0, counts: [] });
  });

  it('rolls its rows back when the outbox cannot be written', async () => {
    notes.outbox.statementOf = () => ({ text: 'SELECT 1 / 0', values: [] });
    const thrown = await rejection(
      notes.units.run(async (unit) => {
        await insert(unit.manager, 1);
        unit.publish(Noted, { key: 'a', n: 1 });
      }),
    );
    expect(thrown).toMatchObject({ message: expect.stringContaining('division by zero') as string });
    expect(await notes.ids()).toEqual([]);
    expect(notes.outbox.counts).toEqual([]);
  });

  it('stays committed when a hook throws, and reports what it threw', async () => {
    const reported: unknown[] = [];
    const limited = new UnitsOfWork({
      dataSource: notes.dataSource,
      outbox: notes.outbox,
      onHookError: (error) => reported.push(error),
    });
    const failure = new Error('hook');
    let later = false;
    await limited.run(async (unit) => {
      await insert(unit.manager, 1);
      unit.afterCommit(() => {
        throw failure;
      });
      unit.afterCommit(() => (later = true));
    });
    expect(reported).toEqual([failure]);
    expect({ ids: await notes.ids(), later }).toEqual({ ids: [1], later: true });
  });

  it('refuses every use after its end, also through a manager kept from before', async () => {
    let kept: { unit: UnitOfWork; manager: EntityManager } | undefined;
    await notes.units.run(async (unit) => {
      kept = { unit, manager: unit.manager };
      await insert(unit.manager, 1);
    });
    if (kept === undefined) throw new Error('the unit did not run');
    const { unit, manager } = kept;
    expect(thrownBy(() => unit.manager)).toMatchObject({ code: 'UOW-CLOSED' });
    expect(thrownBy(() => unit.publish(Noted, { key: 'a', n: 1 }))).toMatchObject({ code: 'UOW-CLOSED' });
    expect(thrownBy(() => unit.afterCommit(() => undefined))).toMatchObject({ code: 'UOW-CLOSED' });
    expect(codeOf(await rejection(insert(manager, 2)))).toBe('UOW-CLOSED');
    expect(await notes.ids()).toEqual([1]);
  });

  it('says so when a swallowed error made PostgreSQL roll back instead of commit', async () => {
    const thrown = await rejection(
      notes.units.run(async (unit) => {
        await insert(unit.manager, 1);
        await rejection(insert(unit.manager, 1));
        expect(isAbortedTransaction(await rejection(insert(unit.manager, 2)))).toBe(true);
      }),
    );
    expect(codeOf(thrown)).toBe('UOW-ABORTED');
    expect(await notes.ids()).toEqual([]);
  });

  it('passes on a constraint that COMMIT refuses, and the connection is still good', async () => {
    let pid = 0;
    const thrown = await rejection(
      notes.units.run(async (unit) => {
        pid = await backend(unit.manager);
        await unit.manager.query('INSERT INTO line VALUES (99)');
      }),
    );
    expect(sqlStateOf(thrown)).toBe('23503');
    expect(isInfrastructureError(thrown)).toBe(false);
    expect(await notes.alive(pid)).toBe(true);
  });

  it('nests a transaction of TypeORM as a savepoint', async () => {
    await notes.units.run(async (unit) => {
      await insert(unit.manager, 1);
      await rejection(
        unit.manager.transaction(async (inner) => {
          await insert(inner, 2);
          throw new Error('inner');
        }),
      );
      await unit.manager.transaction((inner) => insert(inner, 3));
    });
    expect(await notes.ids()).toEqual([1, 3]);
  });

  it('issues 500 statements at once on one connection and gets every answer, in order', async () => {
    await notes.units.run(async (unit) => {
      const ids = Array.from({ length: 500 }, (_, index) => index);
      const answers = await Promise.all(
        ids.map(async (id) => {
          const rows: { id: number }[] = await unit.manager.query('INSERT INTO note VALUES ($1) RETURNING id', [id]);
          return rows[0]?.id;
        }),
      );
      expect(answers).toEqual(ids);
    });
    expect(await notes.ids()).toHaveLength(500);
  });

  it('fails the one statement in 500 that is wrong and those behind it, and is usable for the next unit', async () => {
    let outcomes: PromiseSettledResult<unknown>[] = [];
    await rejection(
      notes.units.run(async (unit) => {
        const ids = Array.from({ length: 500 }, (_, index) => (index === 250 ? 0 : index));
        outcomes = await Promise.allSettled(ids.map((id) => insert(unit.manager, id)));
      }),
    );
    const states = outcomes.map((outcome) => (outcome.status === 'rejected' ? sqlStateOf(outcome.reason) : 'ok'));
    expect(states.slice(0, 250).every((state) => state === 'ok')).toBe(true);
    expect(states[250]).toBe('23505');
    expect(states.slice(251).every((state) => state === '25P02')).toBe(true);
    await notes.units.run((unit) => insert(unit.manager, 1));
    expect(await notes.ids()).toEqual([1]);
  });
});
