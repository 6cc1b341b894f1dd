import { jest } from '@jest/globals';
import { createLogger } from '@dozen/telemetry';
import { eventually } from '@dozen/testing';
import type { PartitionOffset } from '../../broker/port.js';
import { messagingPolicy } from '../../policy.js';
import { OffsetCommitter } from './offset-committer.js';

const logger = createLogger({ service: 'test', release: 'test', level: 'silent' });
const at = (partition: number, offset: number): PartitionOffset => ({
  generation: 1,
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

  it('of a while go together, and at once when they are to settle', async () => {
    const { committer: offsets, commits } = committer(() => Promise.resolve());
    const began = performance.now();
    while (performance.now() - began < 3 * messagingPolicy.commitEveryMs) {
      offsets.add(at(0, Math.round(performance.now())));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(commits.length).toBeGreaterThan(1);
    expect(commits.length).toBeLessThanOrEqual((performance.now() - began) / messagingPolicy.commitEveryMs + 1);
    const [settling, last] = [performance.now(), at(1, 7)];
    offsets.add(last);
    await offsets.settle();
    expect(commits.at(-1)).toContain('1@7');
    expect(performance.now() - settling).toBeLessThan(messagingPolicy.commitEveryMs / 2);
    expect(offsets.idle).toBe(true);
  });

  it('are all committed while it only pauses, which is again its way after it has settled', async () => {
    const { committer: offsets, commits } = committer(() => Promise.resolve());
    offsets.add(at(0, 1));
    expect(offsets.idle).toBe(false);
    await offsets.settle();
    offsets.add(at(0, 2));
    await eventually(() => {
      expect(commits).toHaveLength(2);
    });
    const committed = performance.now();
    expect(offsets.idle).toBe(true);
    offsets.add(at(0, 3));
    expect(offsets.idle).toBe(false);
    await eventually(() => {
      expect(commits).toHaveLength(3);
    });
    expect(performance.now() - committed).toBeGreaterThan(messagingPolicy.commitEveryMs / 2);
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
      await jest.advanceTimersByTimeAsync(messagingPolicy.adminAskMs + messagingPolicy.commitEveryMs);
      expect(commits).toEqual([['0@1'], ['0@2']]);
    });
  });
});
