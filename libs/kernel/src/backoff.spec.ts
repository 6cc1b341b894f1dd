import fc from 'fast-check';
import { backoff } from './backoff.js';

describe('the wait after failures', () => {
  it('doubles from the first to the longest', () => {
    const policy = { firstMs: 100, mostMs: 1_000 };
    expect([1, 2, 3, 4, 5, 6].map((failures) => backoff(failures, policy))).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  it('is the first one before anything failed, and the longest one after an outage of days', () => {
    expect(backoff(0, { firstMs: 10, mostMs: 500 })).toBe(10);
    expect(backoff(1_000_000, { firstMs: 10, mostMs: 500 })).toBe(500);
  });

  it('is never longer than the longest, however short that is', () => {
    expect(backoff(1, { firstMs: 100, mostMs: 50 })).toBe(50);
  });

  it('differs from its length by the jitter at most, and evenly', () => {
    const policy = fc.record({
      firstMs: fc.integer({ min: 1, max: 1_000 }),
      mostMs: fc.integer({ min: 1, max: 60_000 }),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        policy,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (failures, plain, jitter, drawn) => {
          const [ms, moved] = [backoff(failures, plain), backoff(failures, { ...plain, jitter }, () => drawn)];
          expect(moved).toBeCloseTo(ms - ms * jitter + 2 * ms * jitter * drawn, 6);
        },
      ),
    );
  });
});
