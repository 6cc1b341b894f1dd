import fc from 'fast-check';
import { EventLoopWatch, ProgressWatch } from './index.js';

describe('ProgressWatch', () => {
  it('fails when work in flight has not ended for too long, and names it with its time', () => {
    let now = 0;
    const watch = new ProgressWatch({ stalledAfterMs: 60_000, now: () => now });
    const stuck = watch.begin('orders.events/3');
    now = 60_000;
    expect(watch.check().ok).toBe(true);
    now = 61_000;
    watch.begin('orders.events/4').end();
    expect(watch.check()).toEqual({ ok: false, reason: 'no progress: orders.events/3 (61 s)' });
    stuck.end();
    expect(watch.check()).toEqual({ ok: true });
  });

  it('takes a wait for a dependency or a due retry as progress, for as long as it lasts', () => {
    let now = 0;
    const watch = new ProgressWatch({ stalledAfterMs: 1000, now: () => now });
    const step = watch.begin('orders.events/3');
    step.waiting('database refuses connections');
    now = 1e9;
    expect(watch.check()).toEqual({ ok: true, note: 'waiting: orders.events/3: database refuses connections' });
    step.advance();
    now += 1000;
    expect(watch.check().ok).toBe(true);
    now += 1;
    expect(watch.check().ok).toBe(false);
  });

  it('fails exactly when some work neither waits nor moved within the time', () => {
    const event = fc.record({
      step: fc.nat(3),
      what: fc.constantFrom('begin', 'advance', 'waiting', 'end'),
      ms: fc.nat(800),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        let now = 0;
        const watch = new ProgressWatch({ stalledAfterMs: 1000, now: () => now });
        const handles = new Map<number, ReturnType<ProgressWatch['begin']>>();
        const model = new Map<number, number>();
        for (const { step, what, ms } of events) {
          now += ms;
          const handle = handles.get(step);
          if (what === 'begin' && handle === undefined) handles.set(step, watch.begin(String(step)));
          else if (what === 'advance') handle?.advance();
          else if (what === 'waiting') handle?.waiting('x');
          else if (what === 'end') handle?.end();
          if (what === 'end') handles.delete(step);
          if (what === 'end') model.delete(step);
          else if (what === 'waiting' && handle !== undefined) model.set(step, Number.POSITIVE_INFINITY);
          else if (what === 'advance' ? handle !== undefined : what === 'begin' && handle === undefined)
            model.set(step, now);
          expect(watch.check().ok).toBe([...model.values()].every((since) => now - since <= 1000));
        }
      }),
    );
  });
});

describe('EventLoopWatch', () => {
  function fake(samples: { count: number; medianMs: number }): {
    histogram: NonNullable<ConstructorParameters<typeof EventLoopWatch>[0]>['histogram'] & object;
    resets: () => number;
  } {
    let resets = 0;
    const histogram = {
      get count(): number {
        return samples.count;
      },
      percentile: () => samples.medianMs * 1e6,
      reset: () => {
        resets += 1;
      },
      enable: () => true,
      disable: () => true,
    };
    return { histogram, resets: () => resets };
  }

  it('fails when half of the turns take over a second', () => {
    const watch = new EventLoopWatch({ histogram: fake({ count: 5, medianMs: 1500 }).histogram });
    expect(watch.check()).toEqual({
      ok: false,
      reason: 'the event loop is blocked: half of its turns take over 1500 ms',
    });
  });

  it('forgives one long pause', () => {
    expect(new EventLoopWatch({ histogram: fake({ count: 1, medianMs: 20_000 }).histogram }).check().ok).toBe(true);
    expect(new EventLoopWatch({ histogram: fake({ count: 500, medianMs: 21 }).histogram }).check().ok).toBe(true);
  });

  it('judges what happened lately: it forgets after its window, not at every probe', () => {
    let now = 0;
    const { histogram, resets } = fake({ count: 5, medianMs: 21 });
    const watch = new EventLoopWatch({ histogram, now: () => now });
    now = 10_000;
    watch.check();
    expect(resets()).toBe(0);
    now = 16_000;
    watch.check();
    watch.check();
    expect(resets()).toBe(1);
  });

  it('sees a real loop that is blocked again and again, and one that is not', async () => {
    const watch = new EventLoopWatch();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(watch.check().ok).toBe(true);
    watch.stop();

    const blocked = new EventLoopWatch({ maxMedianMs: 100 });
    for (let turn = 0; turn < 4; turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, 25));
      const until = performance.now() + 150;
      while (performance.now() < until);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
    const result = blocked.check();
    blocked.stop();
    expect(result.ok).toBe(false);
  });
});
