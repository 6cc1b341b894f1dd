import { setImmediate as turn } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { logLevel } from 'kafkajs';
import { consumer, EVENTS } from '../../../test/support/fake-kafkajs.js';
import { messagingPolicy } from '../../policy.js';

describe('the hand-over of a batch', () => {
  it('survives a TypeError: kafkajs does not see it, and one crash is reported, after which nothing is handed over', async () => {
    const { adapter, kafka, crashes, batches, join } = consumer({
      onBatch: () => {
        throw new TypeError('undefined is not a function');
      },
    });
    await adapter.start();
    await join();
    await expect(kafka.deliver(5, 5, 7)).resolves.toBeUndefined();
    await kafka.deliver(5, 5, 7);
    expect(crashes).toMatchObject([{ message: 'undefined is not a function' }]);
    expect(batches).toHaveLength(1);
    expect(kafka.said).not.toContain('resolved 7');
    expect(adapter.joined).toBe(false);
  });

  it('marks the batch as read and reads on', async () => {
    const { adapter, kafka, join, firstOffsets } = consumer();
    await adapter.start();
    await join();
    await kafka.deliver(5, 5, 7);
    expect(firstOffsets()).toEqual(['5']);
    expect(kafka.said.slice(-3)).toEqual(['paused', 'resolved 7', 'resume p.t/0']);
  });

  it('refuses a batch that does not begin where the partition goes on, and fetches from there', async () => {
    const { adapter, kafka, join, firstOffsets } = consumer();
    await adapter.start();
    await join();
    await kafka.deliver(8, 8, 9);
    expect(firstOffsets()).toEqual([]);
    expect(kafka.said.slice(-3)).toEqual(['paused', 'seek p.t/0@5', 'resume p.t/0']);
    await kafka.deliver(5, 5, 7);
    await kafka.deliver(8, 8, 9);
    expect(firstOffsets()).toEqual(['5', '8']);
  });

  it('is put off while other partitions have too much in flight, and happens once a batch is done', async () => {
    const { adapter, kafka, batches, join } = consumer({ partitions: 3 });
    await adapter.start();
    await join();
    const value = Buffer.alloc(messagingPolicy.inFlightBytes / 2);
    const deliver = (partition: number): Promise<void> => kafka.deliver(5, 5, 5, { partition, value });
    for (const partition of [0, 1, 2]) await deliver(partition);
    const taken = (): number[] => batches.map(({ partition }) => partition);
    expect(taken()).toEqual([0]);
    expect(kafka.said.filter((word) => word.startsWith('resolved'))).toEqual(['resolved 5']);
    kafka.said.length = 0;
    adapter.done({ generation: 1, topic: 't', partition: 0 });
    expect(kafka.said).toEqual(['resume p.t/1', 'resume p.t/2', 'resume p.t/0']);
    await deliver(1);
    await deliver(2);
    expect(taken()).toEqual([0, 1]);
    // What is assigned anew has nothing in flight.
    await join();
    await deliver(2);
    expect(taken()).toEqual([0, 1, 2]);
  });

  it('is not put off for a batch of usual size: a partition that stands still with a large one keeps nobody waiting', async () => {
    const { adapter, kafka, batches, join } = consumer({ partitions: 2 });
    await adapter.start();
    await join();
    await kafka.deliver(5, 5, 5, { partition: 0, value: Buffer.alloc(messagingPolicy.inFlightBytes) });
    await kafka.deliver(5, 5, 5, { partition: 1, value: Buffer.alloc(1024 * 1024) });
    expect(batches.map(({ partition }) => partition)).toEqual([0, 1]);
  });

  it('takes gaps that compaction leaves, and markers that kafkajs skips, for what they are', async () => {
    const { adapter, kafka, join, firstOffsets } = consumer();
    await adapter.start();
    await join();
    await kafka.deliver(5, 8, 9);
    kafka.emit(EVENTS.END_BATCH_PROCESS, { topic: 'p.t', partition: 0, batchSize: 0, lastOffset: '12' });
    await kafka.deliver(13, 13, 14);
    expect(firstOffsets()).toEqual(['8', '13']);
  });

  it('does not happen before it is known where the group stands', async () => {
    const { adapter, kafka, batches } = consumer();
    await adapter.start();
    kafka.emit(EVENTS.GROUP_JOIN, { memberAssignment: { 'p.t': [0] } });
    await kafka.deliver(5, 5, 7);
    expect(batches).toEqual([]);
    expect(kafka.said).not.toContain('resolved 7');
  });

  it('does not happen after pauseAll, and the partition is not resumed', async () => {
    const { adapter, kafka, batches, join } = consumer();
    await adapter.start();
    await join();
    adapter.pauseAll();
    kafka.said.length = 0;
    await kafka.deliver(5, 5, 7);
    adapter.done({ generation: 1, topic: 't', partition: 0 });
    await join();
    expect(batches).toEqual([]);
    expect(kafka.said.filter((word) => word.startsWith('resume'))).toEqual([]);
  });
});

describe('an assignment', () => {
  it('opens every partition that the last one left paused', async () => {
    const { adapter, kafka, join } = consumer();
    await adapter.start();
    await join();
    await kafka.deliver(5, 5, 7);
    kafka.said.length = 0;
    await join();
    expect(kafka.said).toEqual(['pause p.t/0', 'seek p.t/0@5', 'resume p.t/0']);
  });

  it('whose listener throws is a crash of ours, not an error inside of kafkajs', async () => {
    const { adapter, kafka, crashes } = consumer({
      onAssigned: () => {
        throw new TypeError('boom');
      },
    });
    await adapter.start();
    expect(() => kafka.emit(EVENTS.GROUP_JOIN, { memberAssignment: { 'p.t': [0] } })).not.toThrow();
    expect(crashes).toMatchObject([{ message: 'boom' }]);
  });

  it('keeps a partition shut whose next offset the log does not hold, and says so', async () => {
    const { adapter, kafka, join, batches } = consumer({ committed: '100' });
    await adapter.start();
    await join();
    expect(adapter.outOfRange).toEqual([{ topic: 't', partition: 0, offset: '100' }]);
    adapter.done({ generation: 1, topic: 't', partition: 0 });
    await kafka.deliver(0, 0, 3);
    expect(batches).toEqual([]);
    expect(kafka.said.filter((word) => word.startsWith('resume'))).toEqual([]);
  });
});

describe("kafkajs' reset after OFFSET_OUT_OF_RANGE", () => {
  it('is stopped by an error thrown from its log line, with the partition paused', async () => {
    const { adapter, kafka, join, hooks } = consumer();
    await adapter.start();
    await join();
    const entry = {
      namespace: 'ConsumerGroup',
      level: logLevel.ERROR,
      label: 'ERROR',
      log: {
        timestamp: '',
        message: 'Offset out of range, resetting to default offset',
        topic: 'p.t',
        partition: 0,
      },
    };
    expect(() => hooks[0]?.tap(entry)).toThrow(expect.objectContaining({ code: 'MSG-OFFSET-RANGE' }));
    expect(kafka.said.at(-1)).toBe('pause p.t/0');
    expect(adapter.outOfRange).toEqual([{ topic: 't', partition: 0, offset: '5' }]);
  });
});

describe('stopping', () => {
  it('during a join waits for its end, since kafkajs would forget the runner and stay in the group', async () => {
    const { adapter, kafka } = consumer();
    const joining = Promise.withResolvers<undefined>();
    kafka.joining = joining.promise as Promise<unknown> as Promise<void>;
    const started = adapter.start();
    await turn();
    const stopped = adapter.stop();
    await turn();
    expect(kafka.said).not.toContain('disconnect');
    joining.resolve(undefined);
    await Promise.all([started, stopped]);
    expect(kafka.said).toContain('disconnect');
  });

  it('assigns nothing for a join that is answered afterwards, and ends what kafkajs has forgotten by an error', async () => {
    let assigned = 0;
    const { adapter, kafka } = consumer({ onAssigned: () => (assigned += 1) });
    const joining = Promise.withResolvers<undefined>();
    kafka.joining = joining.promise as Promise<unknown> as Promise<void>;
    void adapter.start();
    await turn();
    const stopped = adapter.stop();
    const answer = (): void => {
      kafka.emit(EVENTS.GROUP_JOIN, { memberAssignment: { 'p.t': [0] } });
    };
    // kafkajs still leaves this one by itself.
    answer();
    joining.resolve(undefined);
    await stopped;
    expect(answer).toThrow(expect.objectContaining({ code: 'MSG-STALE-EPOCH' }));
    expect(assigned).toBe(0);
    expect(adapter.joined).toBe(false);
  });

  it('forbids kafkajs to begin again after a crash that was under way, and reports it to nobody', async () => {
    const { adapter, kafka, hooks, crashes } = consumer();
    await adapter.start();
    expect(await hooks[0]?.restart()).toBe(true);
    await adapter.stop();
    expect(await hooks[0]?.restart()).toBe(false);
    kafka.emit(EVENTS.CRASH, { error: new Error('late'), restart: false });
    expect(crashes).toEqual([]);
  });

  it('returns after leaveMs when the broker does not answer', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    try {
      const { adapter, kafka } = consumer();
      await adapter.start();
      kafka.leaving = new Promise(() => undefined);
      const stopped = adapter.stop();
      await turn();
      jest.advanceTimersByTime(messagingPolicy.leaveMs);
      await stopped;
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('resuming', () => {
  it('never throws, also when a crash has taken the group away', async () => {
    const { adapter, kafka, join } = consumer();
    await adapter.start();
    await join();
    kafka.resumable = false;
    expect(() => adapter.done({ generation: 1, topic: 't', partition: 0 })).not.toThrow();
  });

  it('does nothing for a generation that is over, nor does a commit', async () => {
    const { adapter, kafka, join } = consumer();
    await adapter.start();
    await join();
    await join();
    kafka.said.length = 0;
    adapter.done({ generation: 1, topic: 't', partition: 0 });
    expect(kafka.said).toEqual([]);
    await expect(adapter.commit([{ generation: 1, topic: 't', partition: 0, offset: '9' }])).rejects.toMatchObject({
      code: 'MSG-STALE-EPOCH',
    });
  });

  it('commits what is of this generation, and leaves out what is of one that is over', async () => {
    const { adapter, kafka, join } = consumer();
    await adapter.start();
    await join();
    await join();
    kafka.said.length = 0;
    await adapter.commit([
      { generation: 1, topic: 't', partition: 0, offset: '9' },
      { generation: 2, topic: 't', partition: 1, offset: '4' },
    ]);
    expect(kafka.said).toEqual(['commit p.t/1@4']);
  });
});
