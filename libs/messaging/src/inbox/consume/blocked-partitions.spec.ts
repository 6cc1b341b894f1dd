import { BlockedPartitions } from './blocked-partitions.js';

const failure = (code: string): Error => Object.assign(new Error('no'), { code });
const first = { topic: 'orders.events', partition: 0 };
const second = { topic: 'orders.events', partition: 1 };

describe('partitions that stand still', () => {
  let now = 0;
  let blocked: BlockedPartitions;

  beforeEach(() => {
    now = 0;
    blocked = new BlockedPartitions({ now: () => now });
  });

  it('are told with the last error and the time since the first in a row', () => {
    blocked.failed(first, failure('57P01'));
    now = 4000;
    blocked.failed(second, new Error('without a code'));
    now = 10_000;
    blocked.failed(first, failure('40P01'));
    expect(blocked.describe()).toBe('orders.events/0 for 10 s (40P01), orders.events/1 for 6 s (_OTHER)');
    expect(blocked.seen).toEqual([
      { ...first, code: '57P01', blockedMs: 0 },
      { ...second, code: '_OTHER', blockedMs: 6000 },
      { ...first, code: '40P01', blockedMs: 10_000 },
    ]);
  });

  it('are told from the first record on, so that the first error is seen to rise', () => {
    blocked.moved(first);
    expect(blocked.describe()).toBeUndefined();
    expect(blocked.seen).toEqual([{ ...first, code: undefined, blockedMs: 0 }]);
  });

  it('are blocked no longer once something moved, and begin anew with the next error', () => {
    blocked.failed(first, failure('57P01'));
    now = 5000;
    blocked.moved(first);
    expect(blocked.describe()).toBeUndefined();
    expect(blocked.seen).toEqual([{ ...first, code: '57P01', blockedMs: 0 }]);
    now = 9000;
    blocked.failed(first, failure('57P01'));
    now = 10_000;
    expect(blocked.seen).toEqual([{ ...first, code: '57P01', blockedMs: 1000 }]);
  });
});
