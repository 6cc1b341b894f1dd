import { drawTimeline } from './timeline.js';

describe('drawTimeline', () => {
  it('shows who said what and when, by time however it arrived', () => {
    const entries = [
      { time: '2026-01-01T00:00:00.000Z', type: 'a', source: '/dozen/gateway', what: 'Requested' },
      { time: '2026-01-01T00:00:01.200Z', type: 'c', source: 'orders', what: 'Confirmed' },
      { time: '2026-01-01T00:00:00.038Z', type: 'b', source: '/dozen/orders', what: 'Placed' },
    ];
    expect(drawTimeline(entries)).toEqual([
      '   +0 ms ├─ gateway  Requested',
      '  +38 ms ├─ orders   Placed',
      '+1200 ms └─ orders   Confirmed',
    ]);
  });

  it('of nothing is nothing', () => {
    expect(drawTimeline([])).toEqual([]);
  });
});
