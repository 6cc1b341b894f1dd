import { DozenError, newId } from '@dozen/kernel';
import { BatchProcessor } from '../src/inbox/handle/batch-processor.js';
import { type BatchMessage, HandlerRegistry, type MessageHandler } from '../src/index.js';
import { Billed, consumerOn, type Note, Noted, parkingRig, recordOf } from './support/parking-rig.js';

let rig: Awaited<ReturnType<typeof parkingRig>>;

beforeAll(async () => {
  rig = await parkingRig();
});

afterAll(() => rig.close());

/** Noted is handled many at once, Billed one by one; `calls` are the numbers that each call got. */
function setBased() {
  const calls: number[][] = [];
  const base = consumerOn({ dataSource: rig.dataSource });
  const write = async (messages: readonly BatchMessage<Note>[]): Promise<void> => {
    calls.push(messages.map(({ payload }) => payload.n));
    const [first] = messages;
    if (messages.some(({ payload }) => payload.say === 'fail')) throw new DozenError('TST-BAD', 'one of them is bad');
    await first?.unit.manager.query(
      'INSERT INTO effects (consumer, key, n) SELECT $1, key, n FROM unnest($2::text[], $3::int[]) AS row (key, n)',
      [base.consumer, messages.map(({ payload }) => payload.key), messages.map(({ payload }) => payload.n)],
    );
  };
  const single = (payload: Note, unit: BatchMessage<Note>['unit']) => write([{ payload, unit }]);
  const handlers = new HandlerRegistry();
  handlers.add({ contract: Noted, handle: single, handleBatch: write } as MessageHandler);
  handlers.add({ contract: Billed, handle: single });
  return { calls, consumer: base.consumer, processor: new BatchProcessor({ ...base, handlers }) };
}

describe('a set-based handler', () => {
  it('gets in one call what the batch has for it, each key in order', async () => {
    const { calls, consumer, processor } = setBased();
    const keys = [newId(), newId(), newId()];
    await processor.process(Array.from({ length: 9 }, (_, n) => recordOf(Noted, { key: keys[n % 3] ?? '', n })));
    expect(calls).toEqual([[0, 3, 6, 1, 4, 7, 2, 5, 8]]);
    expect(await rig.effects(consumer)).toHaveLength(9);
  });

  it('keeps the order of a key whose messages are of several types', async () => {
    const { calls, consumer, processor } = setBased();
    const [a, b] = [newId(), newId()];
    await processor.process([
      recordOf(Noted, { key: a, n: 1 }),
      recordOf(Billed, { key: a, n: 2 }),
      recordOf(Noted, { key: a, n: 3 }),
      recordOf(Noted, { key: b, n: 4 }),
      recordOf(Noted, { key: b, n: 5 }),
    ]);
    expect(calls).toEqual([[1, 4, 5], [2], [3]]);
    const ofA = (await rig.effects(consumer)).filter(({ key }) => key === a).map(({ n }) => n);
    expect(ofA).toEqual([1, 2, 3]);
  });

  it('is given its messages one by one when it fails, so that the bad one alone is parked, with its key', async () => {
    const { consumer, processor } = setBased();
    const [good, bad] = [newId(), newId()];
    await processor.process([
      recordOf(Noted, { key: good, n: 1 }),
      recordOf(Noted, { key: bad, n: 2, say: 'fail' }),
      recordOf(Noted, { key: bad, n: 3 }),
      recordOf(Noted, { key: good, n: 4 }),
    ]);
    expect(await rig.effects(consumer)).toEqual([
      { key: good, n: 1 },
      { key: good, n: 4 },
    ]);
    const parked = await rig.parked(consumer);
    expect(parked.map(({ code, blockedKey }) => [code, blockedKey])).toEqual([
      ['TST-BAD', bad],
      [null, bad],
    ]);
  });
});
