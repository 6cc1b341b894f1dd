import { jest } from '@jest/globals';
import { createLogger } from '@dozen/telemetry';
import { eventually } from '@dozen/testing';
import type { PartitionOffset } from '../broker/port.js';
import { messagingPolicy } from '../policy.js';
import { OffsetCommitter } from './offset-committer.js';

const logger = createLogger({ service: 'test', release: 'test', level: 'silent' });
const at = (partition: number, offset: number): PartitionOffset => ({
  epoch: 1,
  topic: 't',
  partition,
  offset: String(offset),
});

function committer(commit: (offsets: readonly PartitionOffset[]) => Promise<void>) {
  const commits: string[][] = [];
  const consumer = {
    commit: (offsets: readonly PartitionOffset[]) => {
      commits.push(offsets.map(({ partition, offset }) => `${partition}@${offset}`));
      return commit(offsets);
    },
  };
  return { committer: new OffsetCommitter(consumer, logger), commits };
}

describe('offsets', () => {
  it('are committed one request at a time, the newest of each partition', async () => {
    const gate = Promise.withResolvers<undefined>();
    const { committer: offsets, commits } = committer(() => gate.promise as Promise<unknown> as Promise<void>);
    offsets.add(at(0, 1));
    await eventually(() => {
      expect(commits).toEqual([['0@1']]);
    });
    for (const offset of [2, 3, 4]) offsets.add(at(0, offset));
    offsets.add(at(1, 9));
    expect(commits).toHaveLength(1);
    gate.resolve(undefined);
    await offsets.settle();
    expect(commits).toEqual([['0@1'], ['0@4', '1@9']]);
  });

  it('that are refused stop neither the later ones nor a stop', async () => {
    const { committer: offsets, commits } = committer(() => Promise.reject(new Error('stale')));
    offsets.add(at(0, 1));
    await offsets.settle();
    offsets.add(at(0, 2));
    await offsets.settle();
    expect(commits).toEqual([['0@1'], ['0@2']]);
  });

  describe('that nobody answers for', () => {
    beforeEach(() => jest.useFakeTimers());
    afterEach(() => jest.useRealTimers());

    const unanswered = () => committer(() => new Promise(() => undefined));

    it('hold up a stop no longer than the policy says', async () => {
      const { committer: offsets } = unanswered();
      offsets.add(at(0, 1));
      const settled = offsets.settle();
      await jest.advanceTimersByTimeAsync(messagingPolicy.commitTimeoutMs);
      await settled;
    });

    it('do not keep later ones from being committed', async () => {
      const { committer: offsets, commits } = unanswered();
      offsets.add(at(0, 1));
      await jest.advanceTimersByTimeAsync(0);
      offsets.add(at(0, 2));
      await jest.advanceTimersByTimeAsync(messagingPolicy.adminAskMs);
      expect(commits).toEqual([['0@1'], ['0@2']]);
    });
  });

  it('that nobody answers for do not keep later ones from being committed', async () => {
    jest.useFakeTimers();
    try {
      const { committer: offsets, commits } = committer(() => new Promise(() => undefined));
      offsets.add(at(0, 1));
      await jest.advanceTimersByTimeAsync(0);
      offsets.add(at(0, 2));
      await jest.advanceTimersByTimeAsync(messagingPolicy.adminAskMs);
      expect(commits).toEqual([['0@1'], ['0@2']]);
    } finally {
      jest.useRealTimers();
    }
  });
});
