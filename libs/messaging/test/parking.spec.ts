import { jest } from '@jest/globals';
import { DozenError, newId, uuidV7LowerBound } from '@dozen/kernel';
import { eventually } from '@dozen/testing';
import { replayMessage } from '../src/index.js';
import { ParkedQueue } from '../src/inbox/retry/parked-queue.js';
import { AttemptRunner } from '../src/inbox/retry/attempt-runner.js';
import { InboxStore } from '../src/inbox/handle/store.js';
import { Billed, consumerOn, DoNote, Noted, type Note, parkingRig, recordOf, writing } from './support/parking-rig.js';

let rig: Awaited<ReturnType<typeof parkingRig>>;

beforeAll(async () => {
  rig = await parkingRig();
});

afterEach(() => rig.stopSchedulers());

afterAll(() => rig.close());

const bad = (permanent = false) => new DozenError('TST-BAD', 'not now', { permanent });
const infrastructure = () => Object.assign(new Error('terminating connection'), { code: '57P01', severity: 'FATAL' });

/** Fails for the message of this number until told otherwise. */
function failing(n: number, error: () => Error = bad) {
  const state = { times: Infinity, runs: 0 };
  const before = (payload: Note): void => {
    if (payload.n !== n) return;
    state.runs += 1;
    if (state.times > 0) {
      state.times -= 1;
      throw error();
    }
  };
  return { state, before };
}

describe('a message that failed', () => {
  it('is parked at once with the time of its next attempt, and handled when that succeeds', async () => {
    const { before, state } = failing(1);
    state.times = 2;
    const c = consumerOn({ dataSource: rig.dataSource, retryDelaysMs: [30_000, 1], before });
    const key = newId();
    await c.processor.process([recordOf(Noted, { key, n: 1 })]);
    const [parked] = await rig.parked(c.consumer);
    const expected = { state: 'retrying', code: 'TST-BAD', reason: 'not now', attempts: 1, blockedKey: key };
    expect(parked).toMatchObject(expected);
    const dueInMs = (parked?.retryAt?.getTime() ?? 0) - (parked?.parkedAt.getTime() ?? 0);
    expect(dueInMs).toBe(30_000);
    await rig.dataSource.query('UPDATE messaging.parked_messages SET retry_at = now() WHERE consumer = $1', [
      c.consumer,
    ]);

    rig.startRetries(c);
    await eventually(async () => expect(await rig.effects(c.consumer)).toEqual([{ key, n: 1 }]));
    expect(state.runs).toBe(3);
    expect(await rig.parked(c.consumer)).toEqual([]);
    expect(await rig.blockedKeys(c.consumer)).toEqual([]);
  });

  it('is a dead letter when its attempts are used up', async () => {
    const { before, state } = failing(1);
    const c = consumerOn({ dataSource: rig.dataSource, retryDelaysMs: [1, 1], before });
    rig.startRetries(c);
    await c.processor.process([recordOf(Noted, { key: newId(), n: 1 })]);
    await eventually(async () => {
      expect(await rig.parked(c.consumer)).toMatchObject([{ state: 'dead', attempts: 3, retryAt: null }]);
    });
    expect(state.runs).toBe(3);
  });

  it('is a dead letter at once when its error is permanent', async () => {
    const { before } = failing(1, () => bad(true));
    const c = consumerOn({ dataSource: rig.dataSource, retryDelaysMs: [1], before });
    await c.processor.process([recordOf(Noted, { key: newId(), n: 1 })]);
    expect(await rig.parked(c.consumer)).toMatchObject([{ state: 'dead', attempts: 1 }]);
  });

  it('blocks what follows of its key over all topics, and nothing of another key', async () => {
    const { before } = failing(1);
    const c = consumerOn({ dataSource: rig.dataSource, before });
    const [key, other] = [newId(), newId()];
    await c.processor.process([
      recordOf(Noted, { key, n: 1 }),
      recordOf(Noted, { key, n: 2 }),
      recordOf(Noted, { key: other, n: 3 }),
    ]);
    await c.processor.process([recordOf(Billed, { key, n: 4 }), recordOf(Billed, { key: other, n: 5 })]);
    expect(await rig.effects(c.consumer)).toEqual([
      { key: other, n: 3 },
      { key: other, n: 5 },
    ]);
    expect((await rig.parked(c.consumer)).map(({ state }) => state)).toEqual(['dead', 'waiting', 'waiting']);
  });

  it('retries what waits behind it in the order of parking; a failure there has attempts of its own', async () => {
    const first = failing(1);
    const third = failing(3);
    first.state.times = 2;
    const c = consumerOn({
      dataSource: rig.dataSource,
      retryDelaysMs: [1, 1, 1],
      before: (payload) => {
        first.before(payload);
        third.before(payload);
      },
    });
    const key = newId();
    await c.processor.process([1, 2, 3, 4, 5].map((n) => recordOf(Noted, { key, n })));
    rig.startRetries(c);
    await eventually(async () => {
      expect(await rig.parked(c.consumer)).toMatchObject([
        { state: 'dead', attempts: 4, waiting: 2 },
        { state: 'waiting', attempts: 0 },
        { state: 'waiting' },
      ]);
    });
    expect((await rig.effects(c.consumer)).map(({ n }) => n)).toEqual([1, 2]);
    expect(await rig.blockedKeys(c.consumer)).toEqual([key]);

    third.state.times = 0;
    const [head] = await rig.parked(c.consumer);
    expect(await replayMessage(c, head?.id ?? '')).toEqual({ kind: 'handled' });
    await eventually(async () => {
      expect((await rig.effects(c.consumer)).map(({ n }) => n)).toEqual([1, 2, 3, 4, 5]);
    });
    expect(await rig.blockedKeys(c.consumer)).toEqual([]);
  });

  it('is parked alone when it is a command, and tried again alone', async () => {
    const { before, state } = failing(1);
    state.times = 1;
    const c = consumerOn({ dataSource: rig.dataSource, retryDelaysMs: [1], before });
    const key = newId();
    await c.processor.process([recordOf(DoNote, { key, n: 1 }), recordOf(DoNote, { key, n: 2 })]);
    expect(await rig.effects(c.consumer)).toEqual([{ key, n: 2 }]);
    expect(await rig.parked(c.consumer)).toMatchObject([{ blockedKey: null, state: 'retrying' }]);
    rig.startRetries(c);
    await eventually(async () => {
      expect((await rig.effects(c.consumer)).map(({ n }) => n)).toEqual([2, 1]);
    });
  });

  it('costs no square of them when all commands of a key fail', async () => {
    const claims = jest.spyOn(InboxStore.prototype, 'claim');
    const c = consumerOn({
      dataSource: rig.dataSource,
      before: ({ n }) => {
        if (n > 0) throw bad();
      },
    });
    const key = newId();
    const records = Array.from({ length: 41 }, (_, n) => recordOf(DoNote, { key, n }));
    await c.processor.process(records);
    const claimed = claims.mock.calls.reduce((sum, [ids]) => sum + ids.length, 0);
    claims.mockRestore();
    expect(await rig.effects(c.consumer)).toEqual([{ key, n: 0 }]);
    expect(await rig.parked(c.consumer)).toHaveLength(40);
    expect(claimed).toBeLessThan(6 * records.length);
  });

  it('whose error was swallowed is found among the others, and only it is parked', async () => {
    const consumer = `swallows-${newId()}`;
    const c = consumerOn({
      consumer,
      dataSource: rig.dataSource,
      handlers: [
        {
          contract: Noted,
          async handle(payload, unit) {
            if (payload.n === 2) await unit.manager.query('SELECT 1 / 0').catch(() => undefined);
            else await writing(Noted, consumer).handle(payload, unit);
          },
        },
      ],
    });
    await c.processor.process([1, 2, 3].map((n) => recordOf(Noted, { key: newId(), n })));
    expect((await rig.effects(consumer)).map(({ n }) => n).sort()).toEqual([1, 3]);
    expect(await rig.parked(consumer)).toMatchObject([{ code: 'UOW-ABORTED', attempts: 1 }]);
  });
});

describe('a retry', () => {
  it('counts its attempt before the handler runs', async () => {
    const consumer = `counts-${newId()}`;
    const seen: number[] = [];
    const c = consumerOn({
      consumer,
      dataSource: rig.dataSource,
      retryDelaysMs: [1, 1],
      before: async () => {
        seen.push(...(await rig.parked(consumer)).map(({ attempts }) => attempts));
        if (seen.length < 2) throw bad();
      },
    });
    await c.processor.process([recordOf(Noted, { key: newId(), n: 1 })]);
    rig.startRetries(c);
    await eventually(async () => expect(await rig.effects(consumer)).toHaveLength(1));
    expect(seen).toEqual([2, 3]);
  });

  it('comes when the handler says so, if it does, and not when its consumer would', async () => {
    const consumer = `own-${newId()}`;
    let failures = 2;
    const before = ({ say }: { say: string }): void => {
      if (say === 'never' || failures-- > 0) throw bad();
    };
    const c = consumerOn({
      consumer,
      dataSource: rig.dataSource,
      retryDelaysMs: [60_000],
      handlers: [
        { ...writing(Noted, consumer, before), retryDelaysMs: [1, 1] },
        { ...writing(DoNote, consumer, before), retryDelaysMs: [] },
      ],
    });
    await c.processor.process([
      recordOf(Noted, { key: newId(), n: 1 }),
      recordOf(DoNote, { key: newId(), n: 2, say: 'never' }),
    ]);
    expect(await rig.parked(consumer)).toMatchObject([{ state: 'retrying' }, { state: 'dead', attempts: 1 }]);
    rig.startRetries(c);
    await eventually(async () => expect(await rig.effects(consumer)).toMatchObject([{ n: 1 }]));
  });

  it('that an outage interrupts counts nothing and parks nothing, and comes again', async () => {
    const failures = [bad(), infrastructure(), infrastructure()];
    const attempts: number[] = [];
    const consumer = `outage-${newId()}`;
    const c = consumerOn({
      consumer,
      dataSource: rig.dataSource,
      retryDelaysMs: [1],
      before: async () => {
        attempts.push((await rig.parked(consumer))[0]?.attempts ?? 1);
        const next = failures.shift();
        if (next !== undefined) throw next;
      },
    });
    const key = newId();
    await c.processor.process([recordOf(Noted, { key, n: 1 }), recordOf(Noted, { key, n: 2 })]);
    rig.startRetries(c);
    await eventually(async () => expect((await rig.effects(consumer)).map(({ n }) => n)).toEqual([1, 2]));
    // Always the second attempt: with one pause in the table, a counted one would have made it a dead letter.
    expect(attempts).toEqual([1, 2, 2, 2, 1]);
    expect(await rig.parked(consumer)).toEqual([]);
  });

  it('goes through the whole path of a handler: trace, outbox, hook', async () => {
    const consumer = `path-${newId()}`;
    let hooks = 0;
    let fail = true;
    const c = consumerOn({
      consumer,
      dataSource: rig.dataSource,
      retryDelaysMs: [1],
      handlers: [
        {
          contract: Noted,
          locks: ({ key }) => [key],
          handle: (payload, unit) => {
            if (fail) throw bad();
            unit.afterCommit(() => (hooks += 1));
            unit.publish(Billed, { ...payload, n: payload.n + 1 });
            return Promise.resolve();
          },
        },
      ],
    });
    const key = newId();
    const record = recordOf(Noted, { key, n: 1 }, { headers: { correlationid: 'c-1' } });
    await c.processor.process([record]);
    fail = false;
    rig.startRetries(c);
    await eventually(async () => expect(await rig.parked(consumer)).toEqual([]));
    const [sent] = await outboxOf(key);
    expect(sent).toMatchObject({ payload: JSON.stringify({ key, n: 2, say: 'ok' }) });
    expect(sent?.headers).toMatchObject({ correlationid: 'c-1', causationid: record.headers['ce_id'] });
    expect(sent?.headers).not.toHaveProperty('ce_fixedby');
    expect(hooks).toBe(1);
  });

  it('is done by one of several processes, each message once', async () => {
    const failed = new Set<number>();
    const c = consumerOn({
      dataSource: rig.dataSource,
      retryDelaysMs: [1],
      before: ({ n }) => {
        if (failed.has(n)) return;
        failed.add(n);
        throw bad();
      },
    });
    const [a, b] = [newId(), newId()];
    await c.processor.process(
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => recordOf(Noted, { key: n % 2 === 0 ? a : b, n })),
    );
    rig.startRetries(c);
    rig.startRetries({ ...c, dataSource: await rig.connect() });
    await eventually(async () => expect(await rig.effects(c.consumer)).toHaveLength(10));
    const of = async (key: string) =>
      (await rig.effects(c.consumer)).filter((row) => row.key === key).map(({ n }) => n);
    expect(await of(a)).toEqual([0, 2, 4, 6, 8]);
    expect(await of(b)).toEqual([1, 3, 5, 7, 9]);
  });

  it('whose process ends is taken over after its lease, and the third such end makes a dead letter', async () => {
    const pauses = [1, 1, 1, 1, 1, 1];
    const c = consumerOn({ dataSource: rig.dataSource, retryDelaysMs: pauses, before: failing(1).before });
    await c.processor.process([recordOf(Noted, { key: newId(), n: 1 })]);
    const queue = new ParkedQueue(c);
    const due = () =>
      rig.dataSource.query('UPDATE messaging.parked_messages SET retry_at = now() WHERE consumer = $1', [c.consumer]);
    await due();
    for (const attempts of [2, 3, 4]) {
      expect((await queue.beginDue(1)).started).toMatchObject([{ attempts }]);
      // Within the lease it is nobody else's.
      expect(await queue.beginDue(1)).toEqual({ started: [], crashed: [] });
      await due();
    }
    expect(await queue.beginDue(1)).toMatchObject({ started: [], crashed: [{ attempts: 4 }] });
    expect(await rig.parked(c.consumer)).toMatchObject([{ state: 'dead', code: 'MSG-CRASH', attempts: 4 }]);
  });

  it('waits for its turn in its key, however long it is due', async () => {
    const c = consumerOn({ dataSource: rig.dataSource, before: failing(1).before });
    const key = newId();
    await c.processor.process([recordOf(Noted, { key, n: 1 }), recordOf(Noted, { key, n: 2 })]);
    const [, second] = await rig.parked(c.consumer);
    await rig.dataSource.query('UPDATE messaging.parked_messages SET retry_at = now() WHERE id = $1', [second?.id]);
    const queue = new ParkedQueue(c);
    expect(await queue.beginDue(5)).toEqual({ started: [], crashed: [] });
    expect(await queue.begin(second?.id ?? '')).toBeUndefined();
  });

  it('that was overtaken by a later attempt does nothing', async () => {
    const c = consumerOn({
      dataSource: rig.dataSource,
      retryDelaysMs: [1, 1, 1, 1],
      before: ({ n }) => {
        if (n === 0) throw bad();
      },
    });
    await c.processor.process([recordOf(Noted, { key: newId(), n: 0 })]);
    const queue = new ParkedQueue(c);
    const frozen = await eventually(async () => {
      const [started] = (await queue.beginDue(1)).started;
      if (started === undefined) throw new Error('not due yet');
      return started;
    });
    await rig.dataSource.query('UPDATE messaging.parked_messages SET retry_at = now() WHERE consumer = $1', [
      c.consumer,
    ]);
    await queue.beginDue(1);
    expect(await new AttemptRunner(c).run(frozen)).toEqual({ kind: 'gone' });
    await queue.giveBack(frozen);
    expect(await rig.parked(c.consumer)).toMatchObject([{ attempts: 3 }]);
  });

  it('of a record whose id was dated ahead claims it first: what came again meanwhile is not handled twice', async () => {
    const now = { at: Date.now() };
    const c = consumerOn({ dataSource: rig.dataSource, clock: { now: () => new Date(now.at) } });
    const id = uuidV7LowerBound(now.at + 20 * 60_000);
    const record = recordOf(Noted, { key: newId(), n: 1 }, { headers: { ce_id: id } });
    const again = { ...record, topic: record.topic, offset: String(Number(record.offset) + 500_000) };
    await c.processor.process([record]);
    const [letter] = await rig.parked(c.consumer);
    expect(letter).toMatchObject({ code: 'MSG-ID', state: 'dead' });
    now.at += 20 * 60_000;
    await c.processor.process([again]);
    expect(await replayMessage(c, letter?.id ?? '')).toEqual({ kind: 'handled' });
    rig.startRetries(c);
    await eventually(async () => expect(await rig.parked(c.consumer)).toEqual([]));
    expect(await rig.effects(c.consumer)).toHaveLength(1);
  });

  it('of a record whose id was dated ahead does its work, also when the very record was read again meanwhile', async () => {
    const now = { at: Date.now() };
    const c = consumerOn({ dataSource: rig.dataSource, clock: { now: () => new Date(now.at) } });
    const headers = { ce_id: uuidV7LowerBound(now.at + 20 * 60_000) };
    const record = recordOf(Noted, { key: newId(), n: 1 }, { headers });
    await c.processor.process([record]);
    const [letter] = await rig.parked(c.consumer);
    expect(letter).toMatchObject({ code: 'MSG-ID', state: 'dead' });
    now.at += 20 * 60_000;
    // Its offset was not committed, or an operator set the group back: it meets its own key, which its own row blocks.
    await c.processor.process([record]);
    expect(await rig.parked(c.consumer)).toMatchObject([{ id: letter?.id, code: 'MSG-ID' }]);
    expect(await replayMessage(c, letter?.id ?? '')).toEqual({ kind: 'handled' });
    rig.startRetries(c);
    await eventually(async () => expect(await rig.parked(c.consumer)).toEqual([]));
    expect(await rig.effects(c.consumer)).toHaveLength(1);
  });
});

async function outboxOf(key: string): Promise<{ payload: string; headers: Record<string, string> }[]> {
  return rig.dataSource.query('SELECT payload, headers FROM messaging.outbox WHERE key = $1 ORDER BY seq', [key]);
}
