import { latencyOf, percentile } from './measures.js';

describe('percentiles', () => {
  it('are samples that were measured, by nearest rank', () => {
    const samples = [50, 10, 40, 20, 30];
    expect([1, 20, 50, 99].map((percent) => percentile(samples, percent))).toEqual([10, 10, 30, 50]);
  });

  it('are those of the round with the lowest p99', () => {
    expect(
      latencyOf('x', [
        [1, 1, 90],
        [5, 6, 7],
        [2, 2, 80],
      ]),
    ).toMatchObject({ p50: 6, p99: 7, count: 3 });
  });
});
