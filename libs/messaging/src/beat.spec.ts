import { jest } from '@jest/globals';
import { onBeat } from './beat.js';

describe('a beat', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('comes at the same moment for all who have the period, once in it, until it is stopped', async () => {
    const beats: string[] = [];
    const noted = (who: string) => () => beats.push(`${who} ${Math.round(performance.now() / 1000) % 2}`);
    const stops = [onBeat(2_000, noted('a'))];
    await jest.advanceTimersByTimeAsync(700);
    stops.push(onBeat(2_000, noted('b')));
    await jest.advanceTimersByTimeAsync(4_000);
    beats.length = 0;
    await jest.advanceTimersByTimeAsync(6_000);
    expect(beats).toEqual(['a 0', 'b 0', 'a 0', 'b 0', 'a 0', 'b 0']);
    for (const stop of stops) stop();
    await jest.advanceTimersByTimeAsync(6_000);
    expect(beats).toHaveLength(6);
  });

  it('is not told twice by a timer that is early', async () => {
    const now = jest.spyOn(performance, 'now');
    now.mockReturnValue(100);
    let beats = 0;
    const stop = onBeat(2_000, () => (beats += 1));
    now.mockReturnValue(5_999.6);
    await jest.advanceTimersToNextTimerAsync();
    now.mockReturnValue(6_000.1);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(beats).toBe(1);
    stop();
  });
});
