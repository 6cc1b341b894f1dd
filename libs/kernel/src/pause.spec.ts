import { getEventListeners } from 'node:events';
import { pause } from './pause.js';

describe('a pause', () => {
  it('lasts as long as it is to last, and leaves nothing at the signal', async () => {
    const { signal } = new AbortController();
    const from = performance.now();
    await pause(30, signal);
    expect(performance.now() - from).toBeGreaterThan(25);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('ends when the signal is aborted, without an error', async () => {
    const stopping = new AbortController();
    const from = performance.now();
    const paused = pause(60_000, stopping.signal);
    expect(getEventListeners(stopping.signal, 'abort')).toHaveLength(1);
    stopping.abort(new Error('the process drains'));
    await expect(paused).resolves.toBeUndefined();
    expect(performance.now() - from).toBeLessThan(1_000);
    expect(getEventListeners(stopping.signal, 'abort')).toEqual([]);
  });

  it('is none when the signal is aborted already', async () => {
    await expect(pause(60_000, AbortSignal.abort())).resolves.toBeUndefined();
  });

  it('has no timer any more after its end: the process may end then', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const stopping = new AbortController();
    const before = timers();
    const paused = pause(60_000, stopping.signal);
    expect(timers()).toBe(before + 1);
    stopping.abort();
    await paused;
    expect(timers()).toBe(before);
  });
});
