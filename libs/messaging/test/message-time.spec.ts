import type { FetchedRecord } from '../src/broker/port.js';
import { newId } from '@dozen/kernel';
import { fixMessage, replayMessage } from '../src/index.js';
import { consumerOn, Noted, parkingRig, recordOf } from './support/parking-rig.js';

let rig: Awaited<ReturnType<typeof parkingRig>>;

beforeAll(async () => {
  rig = await parkingRig();
});

afterAll(() => rig.close());

const RECORD_TIME = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

function withoutTime(timestamp = RECORD_TIME): FetchedRecord {
  const { headers, ...record } = recordOf(Noted, { key: newId(), n: 1 });
  const { ce_time: _left, ...others } = headers;
  return { ...record, timestamp, headers: others };
}

/** A consumer that notes the time of what it handles, and fails at first as often as it is told. */
function noting(failures = 0) {
  const times: (Date | undefined)[] = [];
  let left = failures;
  const handler = {
    contract: Noted,
    handle: (_payload: unknown, unit: { message?: { time: Date } | undefined }) => {
      if (left-- > 0) throw new Error('not yet');
      times.push(unit.message?.time);
      return Promise.resolve();
    },
  };
  return { ...consumerOn({ dataSource: rig.dataSource, handlers: [handler] }), times };
}

describe('a message that says no time', () => {
  it('has that of its record', async () => {
    const c = noting();
    await c.processor.process([withoutTime()]);
    expect(c.times).toEqual([new Date(RECORD_TIME)]);
  });

  it('has it still after it was parked, and when an operator has mended it', async () => {
    const c = noting(2);
    await c.processor.process([withoutTime()]);
    const [letter] = await rig.parked(c.consumer);
    const id = letter?.id ?? '';
    expect(await replayMessage(c, id)).toMatchObject({ kind: 'failed' });
    const payload = Buffer.from(JSON.stringify({ key: letter?.blockedKey, n: 2 }));
    await fixMessage(c, { id, payload, by: 'ada', why: 'a try' });
    expect(await replayMessage(c, id)).toEqual({ kind: 'handled' });
    expect(c.times).toEqual([new Date(RECORD_TIME)]);
  });

  it('has that of its parking where the release before has parked it', async () => {
    const c = noting(1);
    await c.processor.process([withoutTime()]);
    await rig.dataSource.query('UPDATE messaging.parked_messages SET record_time = NULL WHERE consumer = $1', [
      c.consumer,
    ]);
    const [letter] = await rig.parked(c.consumer);
    await replayMessage(c, letter?.id ?? '');
    expect(Math.abs((c.times[0]?.getTime() ?? 0) - (letter?.parkedAt.getTime() ?? 0))).toBeLessThanOrEqual(1);
  });

  it.each([-1, 2 ** 63])('nor does its record (%d) is a dead letter', async (timestamp) => {
    const c = noting();
    await c.processor.process([withoutTime(timestamp)]);
    expect(await rig.parked(c.consumer)).toMatchObject([{ state: 'dead', code: 'MSG-HEADERS' }]);
  });
});
