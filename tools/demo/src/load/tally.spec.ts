import { Tally } from './tally.js';

describe('the table of a load', () => {
  it('counts by kind and in all, and takes latencies of orders that ended', () => {
    const tally = new Tally();
    for (let n = 1; n <= 100; n += 1) {
      tally.sent('ok');
      if (n <= 98) tally.ended('ok', n === 98 ? 'waiting' : 'confirmed', n);
    }
    tally.sent('cancel');
    tally.ended('cancel', 'cancelled', 500);
    const [head, ok, cancel, all] = tally.table(10_000).map((line) => line.split(/ {2,}/));
    expect(head).toContain('p99 ms');
    expect(ok).toEqual(['ok', '100', '2', '97', '0', '0', '1', '0', '9.7', '49', '93', '97']);
    expect(cancel).toEqual(['cancel', '1', '0', '0', '0', '1', '0', '0', '0.1', '500', '500', '500']);
    expect(all?.slice(0, 9)).toEqual(['all', '101', '2', '97', '0', '1', '1', '0', '9.8']);
  });

  it('is empty where nothing has ended', () => {
    const tally = new Tally();
    tally.sent('slow');
    expect(tally.table(1_000)[1]).toMatch(/^slow +1 +1 +0 +0 +0 +0 +0 +0\.0 *$/);
  });
});
