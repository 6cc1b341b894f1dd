import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { WakeUp } from './wake-up.js';

/** Whether it is still waiting after everything that could end it at once. */
async function waits(waiting: Promise<void>): Promise<boolean> {
  return Promise.race([waiting.then(() => false), turn(true)]);
}

describe('a wake-up', () => {
  it('ends the wait that is under way, for everybody', async () => {
    const wakeUp = new WakeUp();
    const all = [wakeUp.wait(60_000), wakeUp.wait()];
    expect(await Promise.all(all.map(waits))).toEqual([true, true]);
    wakeUp.wake();
    expect(await Promise.all(all.map(waits))).toEqual([false, false]);
  });

  it('that comes while nobody waits is not lost: the next wait is none', async () => {
    const wakeUp = new WakeUp();
    wakeUp.wake();
    expect(await waits(wakeUp.wait())).toBe(false);
  });

  it('is forgotten by clear, which ends no wait', async () => {
    const wakeUp = new WakeUp();
    wakeUp.wake();
    wakeUp.clear();
    const waiting = wakeUp.wait();
    wakeUp.clear();
    expect(await waits(waiting)).toBe(true);
    wakeUp.wake();
    expect(await waits(waiting)).toBe(false);
  });

  it('is not needed after the time', async () => {
    const from = performance.now();
    await new WakeUp().wait(30);
    expect(performance.now() - from).toBeGreaterThan(25);
  });

  it('leaves no timer behind', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const wakeUp = new WakeUp();
    const before = timers();
    const waiting = wakeUp.wait(60_000);
    expect(timers()).toBe(before + 1);
    wakeUp.wake();
    await waiting;
    expect(timers()).toBe(before);
  });

  it('makes a loop see all work, whenever it comes, with no more looks than there is work and one', async () => {
    const ticks = fc.array(fc.nat(3), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(ticks, fc.integer({ min: 1, max: 3 }), async (gaps, lookTakes) => {
        const wakeUp = new WakeUp();
        let [added, seen, looks] = [0, 0, 0];
        const loop = (async () => {
          while (seen < gaps.length) {
            wakeUp.clear();
            const found = added;
            for (let n = 0; n < lookTakes; n += 1) await turn();
            [seen, looks] = [found, looks + 1];
            if (seen < gaps.length) await wakeUp.wait();
          }
        })();
        for (const gap of gaps) {
          for (let n = 0; n < gap; n += 1) await turn();
          added += 1;
          wakeUp.wake();
        }
        await loop;
        expect(looks).toBeLessThanOrEqual(gaps.length + 1);
      }),
    );
  });
});
