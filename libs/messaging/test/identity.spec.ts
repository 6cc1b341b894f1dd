import { newId } from '@dozen/kernel';
import type { FetchedRecord } from '../src/broker/port.js';
import { consumerOn, DoNote, type Note, Noted, parkingRig, recordOf } from './support/parking-rig.js';

let rig: Awaited<ReturnType<typeof parkingRig>>;

beforeAll(async () => {
  rig = await parkingRig();
});

afterAll(() => rig.close());

const failing = (note: Note): void => {
  if (note.say === 'fail') throw new Error('no');
};

/** As the first record of a topic that was deleted and made anew with the same name. */
const at = (offset: string, record: FetchedRecord): FetchedRecord => ({ ...record, offset });

describe('a dead letter', () => {
  it.each([
    ['with an id', {}],
    ['without a usable id', { ce_id: 'none' }],
  ])('%s does not stand for another record at its place in the log', async (_name, headers) => {
    const c = consumerOn({ dataSource: rig.dataSource, before: failing });
    const [first, second] = [newId(), newId()].map((key) =>
      at('5', recordOf(Noted, { key, n: 1, say: 'fail' }, { headers })),
    ) as [FetchedRecord, FetchedRecord];
    await c.processor.process([first]);
    await c.processor.process([second]);
    const keys = [first, second].map(({ key }) => key?.toString());
    expect((await rig.parked(c.consumer)).map(({ blockedKey }) => blockedKey)).toEqual(keys);
    expect(await rig.blockedKeys(c.consumer)).toEqual([...keys].sort());
  });

  it.each([
    ['its key', { key: Buffer.from('another') }],
    ['its body', { value: Buffer.from('another') }],
    ['its body, which is missing', { value: null }],
    ['a header', { headers: { ce_id: 'another' } }],
  ])('without a usable id is told from another record by %s alone', async (_what, change) => {
    const c = consumerOn({ dataSource: rig.dataSource });
    const record = at('7', recordOf(DoNote, { key: newId(), n: 1 }, { headers: { ce_id: 'none' } }));
    await c.processor.process([record]);
    await c.processor.process([{ ...record, ...change }]);
    expect(await rig.parked(c.consumer)).toHaveLength(2);
  });

  it.each([
    ['with an id', recordOf(Noted, { key: newId(), n: 1, say: 'fail' })],
    ['without a usable id', recordOf(Noted, { key: newId(), n: 1 }, { headers: { ce_id: 'none' } })],
    ['without key and body', { ...recordOf(DoNote, { key: 'k', n: 1 }), key: null, value: null, headers: {} }],
  ])('%s is not doubled when its record comes again', async (_name, record) => {
    const c = consumerOn({ dataSource: rig.dataSource, before: failing });
    await c.processor.process([record]);
    await c.processor.process([record]);
    expect(await rig.parked(c.consumer)).toHaveLength(1);
  });

  it('is not doubled by its record when the inbox has forgotten its id', async () => {
    const c = consumerOn({ dataSource: rig.dataSource, before: failing });
    const record = recordOf(Noted, { key: newId(), n: 1, say: 'fail' });
    await c.processor.process([record]);
    const later = { now: () => new Date(Date.now() + 15 * 24 * 60 * 60 * 1000) };
    const afterwards = consumerOn({ consumer: c.consumer, dataSource: rig.dataSource, clock: later });
    await afterwards.processor.process([record]);
    expect(await rig.parked(c.consumer)).toMatchObject([{ code: 'MSG-HANDLER' }]);
  });
});
