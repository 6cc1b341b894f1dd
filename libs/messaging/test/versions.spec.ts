import { type MessageContract, newId } from '@dozen/kernel';
import { eventually } from '@dozen/testing';
import { z } from 'zod';
import { fixMessage } from '../src/index.js';
import { consumerOn, Noted as First, type Note, parkingRig, recordOf, writing } from './support/parking-rig.js';

/** As the next release has it: `n` counts in tens. */
const Second: MessageContract<Note> = {
  ...First,
  version: 2,
  type: 'test.Noted.v2',
  schema: z.object({ key: z.string(), n: z.int().multipleOf(10), say: z.string().default('ok') }),
  replaces: { contract: First, upcast: (old: Note) => ({ ...old, n: old.n * 10 }) },
};

let rig: Awaited<ReturnType<typeof parkingRig>>;

beforeAll(async () => {
  rig = await parkingRig();
});

afterEach(() => rig.stopSchedulers());

afterAll(() => rig.close());

/** One service's consumer in two releases: the same name, so the same claims and the same parked messages. */
function releases({ retryDelaysMs = [] }: { retryDelaysMs?: readonly number[] } = {}) {
  const consumer = `c-${newId()}`;
  const of = (contract: MessageContract<Note>) =>
    consumerOn({ consumer, dataSource: rig.dataSource, retryDelaysMs, handlers: [writing(contract, consumer)] });
  return { consumer, last: of(First), next: of(Second) };
}

describe('a producer of the last release and a consumer of the next', () => {
  it('understand each other: the earlier version is lifted once, before its handler', async () => {
    const { consumer, next } = releases();
    const key = newId();
    const written = recordOf(First, { key, n: 1 });
    await next.processor.process([written, recordOf(Second, { key, n: 20 })]);
    await next.processor.process([written]);
    expect(await rig.effects(consumer)).toEqual([
      { key, n: 10 },
      { key, n: 20 },
    ]);
    expect(await rig.parked(consumer)).toEqual([]);
  });

  it('leave an operator to mend the earlier version as it was written', async () => {
    const { consumer, next } = releases({ retryDelaysMs: [1] });
    const key = newId();
    await next.processor.process([recordOf(First, { key, n: 1 }, { value: '{}' })]);
    const [parked] = await rig.parked(consumer);
    expect(parked).toMatchObject({ state: 'dead', code: 'MSG-SCHEMA', type: First.type });
    const { dataSource, handlers, clock } = next;
    const fix = { id: parked?.id ?? '', by: 'ada', why: 'the body was lost' };
    const payload = (n: number) => Buffer.from(JSON.stringify({ key, n }));
    await expect(
      fixMessage({ dataSource, handlers, clock }, { ...fix, payload: Buffer.from('{"n":1}') }),
    ).rejects.toMatchObject({ code: 'MSG-SCHEMA' });
    await fixMessage({ dataSource, handlers, clock }, { ...fix, payload: payload(3) });
    await rig.dataSource.query('UPDATE messaging.parked_messages SET retry_at = now() WHERE consumer = $1', [consumer]);
    rig.startRetries(next);
    await eventually(async () => expect(await rig.effects(consumer)).toEqual([{ key, n: 30 }]));
  });
});

describe('a producer of the next release and a consumer of the last', () => {
  it('lose nothing: what is not understood waits, with its key, for a consumer that does', async () => {
    const { consumer, last, next } = releases({ retryDelaysMs: [1, 1, 1, 60_000] });
    const [key, other] = [newId(), newId()];
    await last.processor.process([
      recordOf(First, { key, n: 1 }),
      recordOf(Second, { key, n: 20 }),
      recordOf(First, { key, n: 3 }),
      recordOf(First, { key: other, n: 1 }),
    ]);
    const effects = async (of: string) => (await rig.effects(consumer)).filter((row) => row.key === of);
    expect(await effects(key)).toEqual([{ key, n: 1 }]);
    expect(await effects(other)).toEqual([{ key: other, n: 1 }]);
    expect(await rig.parked(consumer)).toMatchObject([
      { state: 'retrying', code: 'MSG-VERSION', type: Second.type, blockedKey: key },
      { state: 'waiting', type: First.type, blockedKey: key },
    ]);

    rig.startRetries(next);
    await eventually(async () => {
      expect(await effects(key)).toEqual([
        { key, n: 1 },
        { key, n: 20 },
        { key, n: 30 },
      ]);
    });
    expect(await rig.parked(consumer)).toEqual([]);
  });

  it('end with a dead letter when no such consumer comes: the operator replays it after the deploy', async () => {
    const { consumer, last } = releases({ retryDelaysMs: [1] });
    rig.startRetries(last);
    await last.processor.process([recordOf(Second, { key: newId(), n: 20 })]);
    await eventually(async () => {
      expect(await rig.parked(consumer)).toMatchObject([{ state: 'dead', code: 'MSG-VERSION', attempts: 2 }]);
    });
  });
});
