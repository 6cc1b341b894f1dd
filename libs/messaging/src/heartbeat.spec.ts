import { jest } from '@jest/globals';
import { startHeartbeat } from './heartbeat.js';

describe('a heartbeat', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('comes at the same moment for all who have the period, once in it, until it is stopped', async () => {
    const heartbeats: string[] = [];
    const noted = (who: string) => () => heartbeats.push(`${who} ${Math.round(performance.now() / 1000) % 2}`);
    const stops = [startHeartbeat(2_000, noted('a'))];
    await jest.advanceTimersByTimeAsync(700);
    stops.push(startHeartbeat(2_000, noted('b')));
    await jest.advanceTimersByTimeAsync(4_000);
    heartbeats.length = 0;
    await jest.advanceTimersByTimeAsync(6_000);
    expect(heartbeats).toEqual(['a 0', 'b 0', 'a 0', 'b 0', 'a 0', 'b 0']);
    for (const stop of stops) stop();
    await jest.advanceTimersByTimeAsync(6_000);
    expect(heartbeats).toHaveLength(6);
  });

  it('is not told twice by a timer that is early', async () => {
    const now = jest.spyOn(performance, 'now');
    now.mockReturnValue(100);
    let heartbeats = 0;
    const stop = startHeartbeat(2_000, () => (heartbeats += 1));
    now.mockReturnValue(5_999.6);
    await jest.advanceTimersToNextTimerAsync();
    now.mockReturnValue(6_000.1);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(heartbeats).toBe(1);
    stop();
  });
});
