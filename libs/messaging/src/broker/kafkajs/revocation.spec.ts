import { setImmediate as turn } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { consumer, EVENTS } from '../../../test/support/fake-kafkajs.js';
import { messagingPolicy } from '../../policy.js';

const IN_FLIGHT = expect.objectContaining({ code: 'MSG-IN-HAND' });

/** Joined, with a batch in flight that ends when the test says so. */
async function withBatchInFlight() {
  const ending = Promise.withResolvers<undefined>();
  const rig = consumer({ onRevoked: () => ending.promise as Promise<unknown> as Promise<void> });
  await rig.adapter.start();
  await rig.join();
  await rig.kafka.deliver(5, 5, 7);
  const rebalance = (): void => {
    rig.kafka.emit(EVENTS.REBALANCING, {});
  };
  const end = async (): Promise<void> => {
    ending.resolve(undefined);
    await turn();
  };
  return { ...rig, rebalance, end };
}

describe('a rebalance', () => {
  it('waits until what is in flight has ended; the member is one until then, and its commits count', async () => {
    const { adapter, rebalance, end } = await withBatchInFlight();
    expect(rebalance).toThrow(IN_FLIGHT);
    expect(rebalance).toThrow(IN_FLIGHT);
    expect(adapter.joined).toBe(true);
    await adapter.commit([{ generation: 1, topic: 't', partition: 0, offset: '8' }]);
    await end();
    expect(rebalance).not.toThrow();
    expect(adapter.joined).toBe(false);
  });

  it('hands nothing over while it waits, and resumes nothing', async () => {
    const { adapter, kafka, rebalance, batches } = await withBatchInFlight();
    expect(rebalance).toThrow(IN_FLIGHT);
    kafka.said.length = 0;
    adapter.done({ generation: 1, topic: 't', partition: 0 });
    await kafka.deliver(8, 8, 9);
    expect(batches).toHaveLength(1);
    expect(kafka.said).toEqual(['paused']);
  });

  it('opens nothing whose place in the log becomes known while it waits', async () => {
    const { adapter, kafka } = consumer({ onRevoked: () => new Promise(() => undefined) });
    await adapter.start();
    kafka.emit(EVENTS.GROUP_JOIN, { memberAssignment: { 'p.t': [0] } });
    expect(() => {
      kafka.emit(EVENTS.REBALANCING, {});
    }).toThrow(IN_FLIGHT);
    await turn();
    expect(kafka.said.filter((word) => word.startsWith('resume'))).toEqual([]);
  });

  it('leaves it known what is not in the log', async () => {
    const { adapter, kafka, join } = consumer({ committed: '100', onRevoked: () => new Promise(() => undefined) });
    await adapter.start();
    await join();
    expect(() => {
      kafka.emit(EVENTS.REBALANCING, {});
    }).toThrow(IN_FLIGHT);
    expect(adapter.outOfRange).toEqual([{ topic: 't', partition: 0, offset: '100' }]);
  });

  it('waits no longer than the policy has it', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    try {
      const { rebalance } = await withBatchInFlight();
      expect(rebalance).toThrow(IN_FLIGHT);
      jest.advanceTimersByTime(messagingPolicy.revokeMs);
      await turn();
      expect(rebalance).not.toThrow();
    } finally {
      jest.useRealTimers();
    }
  });

  it('does not wait when nothing is in flight', async () => {
    const { adapter, kafka, join } = consumer({ onRevoked: () => undefined });
    await adapter.start();
    await join();
    expect(() => {
      kafka.emit(EVENTS.REBALANCING, {});
    }).not.toThrow();
    expect(adapter.joined).toBe(false);
  });

  it('does not wait when membership is lost anyway', async () => {
    const { kafka, rebalance } = await withBatchInFlight();
    kafka.emit(EVENTS.DISCONNECT, {});
    expect(rebalance).not.toThrow();
  });

  it('waits again the next time', async () => {
    const { rebalance, end, join } = await withBatchInFlight();
    expect(rebalance).toThrow(IN_FLIGHT);
    await end();
    await join();
    expect(rebalance).toThrow(IN_FLIGHT);
  });

  it('that another coordinator knows nothing of does not come: the member goes on with what it has', async () => {
    const { adapter, kafka, rebalance, end, batches } = await withBatchInFlight();
    expect(rebalance).toThrow(IN_FLIGHT);
    await end();
    kafka.emit(EVENTS.HEARTBEAT, {});
    await turn();
    await kafka.deliver(5, 5, 7);
    expect(batches.map(({ generation }) => generation)).toEqual([1, 2]);
    expect(adapter.joined).toBe(true);
  });
});
