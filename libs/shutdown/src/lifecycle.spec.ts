import { jest } from '@jest/globals';
import { createLogger } from '@dozen/telemetry';
import fc from 'fast-check';
import { DRAIN_PHASES, Lifecycle } from './index.js';
import type { DrainPhase } from './index.js';

function setUp(deadlineMs = 5000): { lifecycle: Lifecycle; exit: jest.Mock; log: () => Record<string, unknown>[] } {
  const lines: string[] = [];
  const destination = { write: (line: string): void => void lines.push(line) };
  const exit = jest.fn();
  const logger = createLogger({ service: 'test', release: 'dev', level: 'info', destination });
  const log = (): Record<string, unknown>[] => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { lifecycle: new Lifecycle({ deadlineMs, logger, exit }), exit, log };
}

const never = (): Promise<void> => new Promise(() => undefined);

describe('Lifecycle', () => {
  it('runs every phase after all steps of the phase before it, in whatever order steps were registered', async () => {
    const steps = fc.array(
      fc.record({ phase: fc.constantFrom(...DRAIN_PHASES), turns: fc.nat(5), fails: fc.boolean() }),
      { maxLength: 20 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (plan) => {
        const { lifecycle, exit } = setUp();
        const events: { phase: DrainPhase; what: 'begin' | 'end' }[] = [];
        for (const [index, { phase, turns, fails }] of plan.entries()) {
          lifecycle.onDrain(phase, `step ${index}`, async () => {
            events.push({ phase, what: 'begin' });
            for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
            events.push({ phase, what: 'end' });
            if (fails) throw new Error('no luck');
          });
        }
        await lifecycle.drain('test');
        expect(events).toHaveLength(plan.length * 2);
        const order = events.map(({ phase }) => DRAIN_PHASES.indexOf(phase));
        expect(order).toEqual(order.toSorted((a, b) => a - b));
        expect(exit.mock.calls).toEqual([[plan.some(({ fails }) => fails) ? 1 : 0]]);
      }),
      { numRuns: 50 },
    );
  });

  it('runs the steps of one phase concurrently', async () => {
    const { lifecycle, exit } = setUp();
    const first = Promise.withResolvers<void>();
    lifecycle.onDrain('work', 'waits for the other', () => first.promise);
    lifecycle.onDrain('work', 'the other', () => first.resolve());
    await lifecycle.drain('test');
    expect(exit).toHaveBeenCalledWith(0);
  });

  it('exits with 1 at the deadline and names what hung and what was never begun', async () => {
    const { lifecycle, exit, log } = setUp(20);
    lifecycle.onDrain('consumers', 'orders.events', never);
    lifecycle.onDrain('consumers', 'quick', () => undefined);
    lifecycle.onDrain('pools', 'database', () => undefined);
    await lifecycle.drain('SIGTERM');
    expect(exit.mock.calls).toEqual([[1]]);
    expect(log().at(-1)).toMatchObject({
      level: 'error',
      reason: 'SIGTERM',
      hung: ['consumers/orders.events'],
      not_begun: ['pools/database'],
      msg: 'drain deadline of 20 ms passed; hung: consumers/orders.events',
    });
  });

  it('exits with 1 after a step that throws, runs the later steps, and logs the error', async () => {
    const { lifecycle, exit, log } = setUp();
    const pools = jest.fn();
    lifecycle.onDrain('http', 'server', () => {
      throw new Error('port stuck');
    });
    lifecycle.onDrain('pools', 'database', () => pools() as undefined);
    await lifecycle.drain('test');
    expect(pools).toHaveBeenCalledTimes(1);
    expect(exit.mock.calls).toEqual([[1]]);
    expect(log()).toContainEqual(
      expect.objectContaining({
        msg: 'drain step failed: http/server',
        err: expect.objectContaining({ message: 'port stuck' }) as unknown,
      }),
    );
  });

  it('drains once, however often it is asked, and keeps the higher exit code', async () => {
    const { lifecycle, exit } = setUp();
    const step = jest.fn();
    lifecycle.onDrain('work', 'step', () => step() as undefined);
    await Promise.all([lifecycle.drain('SIGTERM'), lifecycle.drain('consumer died', 3), lifecycle.drain('again')]);
    await lifecycle.drain('late');
    expect(step).toHaveBeenCalledTimes(1);
    expect(exit.mock.calls).toEqual([[3]]);
  });

  it('drains once even when a step or an abort listener asks for a drain', async () => {
    const { lifecycle, exit } = setUp();
    let runs = 0;
    lifecycle.signal.addEventListener('abort', () => void lifecycle.drain('listener'));
    lifecycle.onDrain('unready', 'asks again', () => {
      runs += 1;
      void lifecycle.drain('step');
    });
    await lifecycle.drain('first');
    expect(runs).toBe(1);
    expect(exit).toHaveBeenCalledTimes(1);
  });

  it('is draining, with its signal aborted, before drain() returns', async () => {
    const { lifecycle } = setUp();
    expect([lifecycle.draining, lifecycle.signal.aborted]).toEqual([false, false]);
    const done = lifecycle.drain('test');
    expect([lifecycle.draining, lifecycle.signal.aborted]).toEqual([true, true]);
    await done;
  });

  it('still runs a step that is registered during the drain for a phase that is over', async () => {
    const { lifecycle } = setUp();
    const events: string[] = [];
    lifecycle.onDrain('work', 'a start that was interrupted', async () => {
      await Promise.resolve();
      lifecycle.onDrain('http', 'late server', () => void events.push('late server closed'));
    });
    lifecycle.onDrain('pools', 'database', () => void events.push('pool closed'));
    await lifecycle.drain('test');
    expect(events).toEqual(['late server closed', 'pool closed']);
  });

  it('takes its listeners off the process when it has drained, and adds them once', async () => {
    const { lifecycle } = setUp();
    const before = process.listenerCount('SIGTERM');
    lifecycle.handleSignals();
    lifecycle.handleSignals();
    expect(process.listenerCount('SIGTERM')).toBe(before + 1);
    await lifecycle.drain('test');
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });
});
