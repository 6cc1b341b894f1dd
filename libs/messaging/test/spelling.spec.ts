import { newId } from '@dozen/kernel';
import { eventually } from '@dozen/testing';
import type { FetchedRecord } from '../src/broker/port.js';
import { CrashIsolation } from '../src/inbox/crash/isolation.js';
import { ConsumerMembers } from '../src/inbox/crash/members.js';
import { replayMessage } from '../src/index.js';
import { consumerOn, Noted, parkingRig, recordOf } from './support/parking-rig.js';

let rig: Awaited<ReturnType<typeof parkingRig>>;

beforeAll(async () => {
  rig = await parkingRig();
});

afterAll(() => rig.close());

describe('an id in capitals', () => {
  const spelled = (record: FetchedRecord, id: string): FetchedRecord => ({
    ...record,
    headers: { ...record.headers, ce_id: id },
  });
  const inBoth = (payload: Parameters<typeof recordOf>[1]): readonly [FetchedRecord, FetchedRecord] => {
    const id = newId();
    const [first, second] = [recordOf(Noted, payload), recordOf(Noted, payload)];
    return [spelled(first, id.toUpperCase()), spelled(second, id)];
  };

  it('is the same id in small letters: handled once, in one batch or in two', async () => {
    for (const together of [true, false]) {
      const c = consumerOn({ dataSource: rig.dataSource });
      const [capitals, small] = inBoth({ key: newId(), n: 1 });
      if (together) await c.processor.process([capitals, small]);
      else for (const record of [capitals, small]) await c.processor.process([record]);
      expect(await rig.effects(c.consumer)).toHaveLength(1);
      expect(await rig.parked(c.consumer)).toEqual([]);
    }
  });

  it('is parked, tried again and handled once; its repeat is dropped meanwhile and afterwards', async () => {
    let failures = 1;
    const c = consumerOn({
      dataSource: rig.dataSource,
      retryDelaysMs: [1, 1],
      before: () => {
        if (failures-- > 0) throw new Error('not yet');
      },
    });
    const [capitals, small] = inBoth({ key: newId(), n: 1 });
    await c.processor.process([capitals]);
    await c.processor.process([small]);
    expect(await rig.parked(c.consumer)).toHaveLength(1);
    rig.startRetries(c);
    await eventually(async () => expect(await rig.effects(c.consumer)).toHaveLength(1));
    await c.processor.process([small, capitals]);
    expect(await rig.effects(c.consumer)).toHaveLength(1);
    expect(await rig.parked(c.consumer)).toEqual([]);
    await rig.stopSchedulers();
  });

  it('dated ahead of the clock is parked without a claim, and handled once its time has come', async () => {
    const ahead = { now: () => new Date(Date.now() - 60 * 60 * 1000) };
    const early = consumerOn({ dataSource: rig.dataSource, clock: ahead });
    const [capitals, small] = inBoth({ key: newId(), n: 1 });
    await early.processor.process([capitals]);
    const [letter] = await rig.parked(early.consumer);
    expect(letter).toMatchObject({ code: 'MSG-ID', messageId: null });
    const c = consumerOn({ consumer: early.consumer, dataSource: rig.dataSource });
    expect(await replayMessage(c, letter?.id ?? '')).toEqual({ kind: 'handled' });
    await c.processor.process([small]);
    expect(await rig.effects(c.consumer)).toHaveLength(1);
  });

  it('is known after an unclean end, too: it is not taken up again', async () => {
    const c = consumerOn({ dataSource: rig.dataSource });
    const [capitals] = inBoth({ key: newId(), n: 1 });
    await c.processor.process([capitals]);
    const gone = "INSERT INTO messaging.consumer_members VALUES ($1, $2, now() - interval '1 second')";
    await rig.dataSource.query(gone, [newId(), c.consumer]);
    const start = new CrashIsolation({ ...c, members: new ConsumerMembers(c) });
    const turn = { advanced: () => undefined, signal: new AbortController().signal };
    expect(await start.process([capitals], turn)).toBe(1);
    const notes: unknown[] = await rig.dataSource.query('SELECT FROM messaging.attempts WHERE consumer = $1', [
      c.consumer,
    ]);
    expect(notes).toEqual([]);
  });
});

describe('a key in capitals', () => {
  const inCapitals = (record: FetchedRecord): FetchedRecord => ({
    ...record,
    key: Buffer.from(record.key?.toString().toUpperCase() ?? ''),
  });

  it('is the same key in small letters: what follows of it waits', async () => {
    let broken = true;
    const c = consumerOn({
      dataSource: rig.dataSource,
      retryDelaysMs: [60_000],
      before: ({ n }) => {
        if (broken && n === 1) throw new Error('not yet');
      },
    });
    const key = newId();
    await c.processor.process([inCapitals(recordOf(Noted, { key, n: 1 }))]);
    expect(await rig.blockedKeys(c.consumer)).toEqual([key]);
    await c.processor.process([recordOf(Noted, { key, n: 2 }), inCapitals(recordOf(Noted, { key, n: 3 }))]);
    expect(await rig.effects(c.consumer)).toEqual([]);
    broken = false;
    const [first] = await rig.parked(c.consumer);
    expect(await replayMessage(c, first?.id ?? '')).toEqual({ kind: 'handled' });
    rig.startRetries(c);
    await eventually(async () => expect((await rig.effects(c.consumer)).map(({ n }) => n)).toEqual([1, 2, 3]));
    await rig.stopSchedulers();
  });

  it('holds its order also where the body is refused', async () => {
    const c = consumerOn({ dataSource: rig.dataSource });
    const key = newId();
    await c.processor.process([inCapitals(recordOf(Noted, { key, n: 1 }, { value: '{' }))]);
    expect(await rig.parked(c.consumer)).toMatchObject([{ code: 'MSG-JSON', blockedKey: key }]);
    expect(await rig.blockedKeys(c.consumer)).toEqual([key]);
  });
});
