import { createLogger } from '@dozen/telemetry';
import type { Batch, Consumer } from 'kafkajs';
import type { PartitionRange } from '../port.js';
import { PartitionGate } from './partition-gate.js';

const place = { topic: 'orders.events', partition: 3 };
const range: PartitionRange = { ...place, committed: '10', low: '0', high: '20' };
const fetchedAt = (offset: string): Batch => ({ ...place, fetchedOffset: offset }) as unknown as Batch;

async function opened(found = range): Promise<PartitionGate> {
  const nothing = (): void => undefined;
  const gate = new PartitionGate({
    consumer: { pause: nothing, resume: nothing, seek: nothing } as unknown as Consumer,
    logger: createLogger({ service: 'test', release: 'test', level: 'silent' }),
    ranges: () => Promise.resolve([found]),
    signal: new AbortController().signal,
  });
  gate.shut([place]);
  await gate.openAll([place], () => true);
  return gate;
}

describe('a partition gate', () => {
  it('takes what begins where the last batch ended, and nothing from elsewhere', async () => {
    const gate = await opened();
    expect([gate.takes(fetchedAt('0')), gate.takes(fetchedAt('10'))]).toEqual([false, true]);
    gate.passed(place, '14');
    expect([gate.takes(fetchedAt('10')), gate.takes(fetchedAt('15'))]).toEqual([false, true]);
  });

  it('takes nothing after a new assignment, before the partition was looked at', async () => {
    const gate = await opened();
    gate.shut([place]);
    expect(gate.takes(fetchedAt('10'))).toBe(false);
  });

  it('stays shut for a partition that is out of range, whatever is passed in it', async () => {
    const gate = await opened();
    expect(() => gate.refuseReset(place)).toThrow(expect.objectContaining({ code: 'MSG-OFFSET-RANGE' }));
    gate.passed(place, '20');
    expect([gate.takes(fetchedAt('10')), gate.takes(fetchedAt('21'))]).toEqual([false, false]);
    expect(gate.outOfRange).toEqual([{ ...place, offset: '10' }]);
  });

  it('does not open below the log, nor above it', async () => {
    for (const committed of ['10', '40']) {
      const gate = await opened({ ...range, low: '15', committed });
      expect(gate.takes(fetchedAt(committed))).toBe(false);
      expect(gate.outOfRange).toEqual([{ ...place, offset: committed }]);
    }
  });
});
