import { DozenError, newId } from '@dozen/kernel';
import { eventually } from '@dozen/testing';
import { ParkedQueue } from '../src/inbox/retry/parked-queue.js';
import { discardMessage, fixMessage, replayMessage } from '../src/index.js';
import { Billed, consumerOn, Noted, type Note, parkingRig, recordOf } from './support/parking-rig.js';

let rig: Awaited<ReturnType<typeof parkingRig>>;

beforeAll(async () => {
  rig = await parkingRig();
});

afterEach(() => rig.stopSchedulers());

afterAll(() => rig.close());

describe('an operator', () => {
  async function deadLetter(c: ReturnType<typeof consumerOn>, key = newId()): Promise<{ id: string; key: string }> {
    await c.processor.process([recordOf(Noted, { key, n: 1, say: 'broken' }), recordOf(Noted, { key, n: 2 })]);
    const [letter] = await rig.parked(c.consumer);
    return { id: letter?.id ?? '', key };
  }
  const broken = ({ say }: Note): void => {
    if (say === 'broken') throw new DozenError('TST-BAD', 'not now', { permanent: true });
  };

  it('fixes a message with who and why; a replay handles the fix and what it publishes says so', async () => {
    const consumer = `fixes-${newId()}`;
    const c = consumerOn({
      consumer,
      dataSource: rig.dataSource,
      handlers: [
        {
          contract: Noted,
          handle: (payload, unit) => {
            broken(payload);
            unit.publish(Billed, payload);
            return Promise.resolve();
          },
        },
      ],
    });
    const { id, key } = await deadLetter(c);
    const original = await contentOf(id);
    const payload = Buffer.from(JSON.stringify({ key, n: 7, say: 'mended' }));
    await fixMessage(c, { id, payload, by: 'ada', why: 'a  typo\nof the producer' });
    expect(await contentOf(id)).toEqual(original);
    expect(await replayMessage(c, id)).toEqual({ kind: 'handled' });
    rig.startRetries(c);
    await eventually(async () => expect(await outboxOf(key)).toHaveLength(2));
    const [mended, next] = await outboxOf(key);
    expect(mended).toMatchObject({
      payload: JSON.stringify({ key, n: 7, say: 'mended' }),
      headers: { ce_fixedby: 'ada', ce_fixreason: 'a typo of the producer' },
    });
    expect(next?.headers).not.toHaveProperty('ce_fixedby');
    expect(await decisionsOf(id)).toMatchObject([
      { decision: 'fix', decided_by: 'ada', reason: 'a typo of the producer' },
      { decision: 'replay', decided_by: null },
    ]);
  });

  it.each([
    ['breaks the contract', { n: 'seven' }, 'MSG-SCHEMA'],
    ['has another key', { key: 'another' }, 'MSG-KEY'],
  ])('cannot store a fix that %s', async (_what, change, code) => {
    const c = consumerOn({ dataSource: rig.dataSource, before: broken });
    const { id, key } = await deadLetter(c);
    const payload = Buffer.from(JSON.stringify({ key, n: 1, ...change }));
    await expect(fixMessage(c, { id, payload, by: 'ada', why: 'a try' })).rejects.toMatchObject({ code });
    expect(await decisionsOf(id)).toEqual([]);
    expect(await rig.parked(c.consumer)).toMatchObject([{ fixedBy: null }, {}]);
  });

  it('must say who and why', async () => {
    const c = consumerOn({ dataSource: rig.dataSource, before: broken });
    const { id } = await deadLetter(c);
    await expect(discardMessage(rig.dataSource, { id, by: ' ', why: 'x' })).rejects.toMatchObject({ code: 'MSG-NOTE' });
    expect(await rig.parked(c.consumer)).toHaveLength(2);
  });

  it('replays in vain what is not fixed: it is a dead letter again, and its key stays blocked', async () => {
    const c = consumerOn({ dataSource: rig.dataSource, before: broken });
    const { id, key } = await deadLetter(c);
    expect(await replayMessage(c, id)).toMatchObject({ kind: 'failed', error: { code: 'TST-BAD' } });
    expect(await rig.parked(c.consumer)).toMatchObject([{ state: 'dead', attempts: 2 }, { state: 'waiting' }]);
    expect(await rig.blockedKeys(c.consumer)).toEqual([key]);
  });

  it('cannot replay past an earlier message of the key, nor what is gone or in flight', async () => {
    const c = consumerOn({ dataSource: rig.dataSource, before: broken });
    await deadLetter(c);
    const [head, second] = await rig.parked(c.consumer);
    await expect(replayMessage(c, second?.id ?? '')).rejects.toMatchObject({ code: 'MSG-BEHIND' });
    await expect(replayMessage(c, '999999999')).rejects.toMatchObject({ code: 'MSG-NOT-FOUND' });
    await new ParkedQueue(c).begin(head?.id ?? '');
    await expect(replayMessage(c, head?.id ?? '')).rejects.toMatchObject({ code: 'MSG-IN-HAND' });
  });

  it('discards a message with who and why: it is never handled, and what waits behind it is', async () => {
    const c = consumerOn({ dataSource: rig.dataSource, before: broken });
    const key = newId();
    const record = recordOf(Noted, { key, n: 1, say: 'broken' });
    await c.processor.process([record, recordOf(Noted, { key, n: 2 })]);
    const [letter] = await rig.parked(c.consumer);
    rig.startRetries(c);
    await discardMessage(rig.dataSource, { id: letter?.id ?? '', by: 'ada', why: 'a test order' });
    await eventually(async () => expect(await rig.effects(c.consumer)).toEqual([{ key, n: 2 }]));
    await c.processor.process([record]);
    expect(await rig.parked(c.consumer)).toEqual([]);
    expect(await rig.blockedKeys(c.consumer)).toEqual([]);
    expect(await decisionsOf(letter?.id ?? '')).toMatchObject([
      { decision: 'discard', decided_by: 'ada', reason: 'a test order', facts: { code: 'TST-BAD', blockedKey: key } },
    ]);
  });
});

async function outboxOf(key: string): Promise<{ payload: string; headers: Record<string, string> }[]> {
  return rig.dataSource.query('SELECT payload, headers FROM messaging.outbox WHERE key = $1 ORDER BY seq', [key]);
}

async function contentOf(id: string): Promise<unknown> {
  return rig.dataSource.query('SELECT headers, payload, record_key FROM messaging.parked_messages WHERE id = $1', [id]);
}

async function decisionsOf(id: string): Promise<unknown> {
  return rig.dataSource.query('SELECT * FROM messaging.decisions WHERE subject = $1 ORDER BY id', [`message:${id}`]);
}
