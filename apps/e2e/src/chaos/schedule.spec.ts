import fc from 'fast-check';
import { clockSkews, FAULT_KINDS, FAULTS, scheduleOf, spanOf, targetOf } from './schedule.js';

const plan = fc.record({
  seed: fc.nat(),
  faults: fc.integer({ min: 0, max: 80 }),
  kinds: fc.constant(FAULT_KINDS),
  orders: fc.integer({ min: 0, max: 5000 }),
});

describe('the schedule of faults', () => {
  it('is the same for the same seed', () => {
    fc.assert(fc.property(plan, (options) => expect(scheduleOf(options)).toEqual(scheduleOf(options))));
  });

  it('is another for another seed', () => {
    expect(scheduleOf({ seed: 1, faults: 20, kinds: FAULT_KINDS, orders: 0 })).not.toEqual(
      scheduleOf({ seed: 2, faults: 20, kinds: FAULT_KINDS, orders: 0 }),
    );
  });

  it('has as many faults as asked for, in order of time, each within its kind’s times', () => {
    fc.assert(
      fc.property(plan, (options) => {
        const schedule = scheduleOf(options);
        expect(schedule).toHaveLength(options.faults);
        expect(schedule.map(({ at }) => at)).toEqual(schedule.map(({ at }) => at).sort((a, b) => a - b));
        for (const { kind, lasts, at } of schedule) {
          expect(lasts).toBeGreaterThanOrEqual(FAULTS[kind].from);
          expect(lasts).toBeLessThanOrEqual(FAULTS[kind].to);
          expect(at + lasts).toBeLessThanOrEqual(spanOf(schedule, options.orders));
        }
      }),
    );
  });

  it('has every kind before any comes twice', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const schedule = scheduleOf({ seed, faults: FAULT_KINDS.length, kinds: FAULT_KINDS, orders: 0 });
        expect(new Set(schedule.map(({ kind }) => kind)).size).toBe(FAULT_KINDS.length);
      }),
    );
  });

  it('draws from the kinds that it is given alone', () => {
    const schedule = scheduleOf({ seed: 1, faults: 9, kinds: ['kill', 'roll'], orders: 0 });
    expect(new Set(schedule.map(({ kind }) => kind))).toEqual(new Set(['kill', 'roll']));
  });

  it('spreads the faults over the orders, where those take longer', () => {
    const few = scheduleOf({ seed: 1, faults: 20, kinds: FAULT_KINDS, orders: 10 });
    const many = scheduleOf({ seed: 1, faults: 20, kinds: FAULT_KINDS, orders: 5000 });
    expect(many.map(({ kind }) => kind)).toEqual(few.map(({ kind }) => kind));
    const span = spanOf(many, 5000);
    expect(many.at(-1)?.at).toBeGreaterThan(0.7 * span);
    expect(many.at(-1)?.at).toBeLessThan(span);
  });

  it('sets clocks wrong by minutes, any two of them by less than the five that a consumer allows', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const skews = Object.values(clockSkews(seed));
        for (const skew of skews) expect(Math.abs(skew)).toBeGreaterThanOrEqual(60_000);
        expect(Math.max(0, ...skews) - Math.min(0, ...skews)).toBeLessThan(300_000);
      }),
    );
  });

  it('knows what a fault strikes', () => {
    const fault = { at: 0, service: 'orders', instance: 1, lasts: 0, seed: 0 } as const;
    expect(targetOf({ ...fault, kind: 'kill' })).toBe('orders-2');
    expect(targetOf({ ...fault, kind: 'roll' })).toBe('orders');
    expect(targetOf({ ...fault, kind: 'postgres-slow' })).toBe('postgres');
  });
});
