import fc from 'fast-check';
import { clockSkews, FAULTS, scheduleOf, spanOf, targetOf } from './schedule.js';

const plan = fc.record({ seed: fc.nat(), faults: fc.integer({ min: 0, max: 80 }) });

describe('the schedule of faults', () => {
  it('is the same for the same seed', () => {
    fc.assert(fc.property(plan, (options) => expect(scheduleOf(options)).toEqual(scheduleOf(options))));
  });

  it('is another for another seed', () => {
    expect(scheduleOf({ seed: 1, faults: 20 })).not.toEqual(scheduleOf({ seed: 2, faults: 20 }));
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
          expect(at + lasts).toBeLessThanOrEqual(spanOf(schedule));
        }
      }),
    );
  });

  it('has every kind before any comes twice', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const kinds = Object.keys(FAULTS);
        expect(new Set(scheduleOf({ seed, faults: kinds.length }).map(({ kind }) => kind)).size).toBe(kinds.length);
      }),
    );
  });

  it('sets clocks wrong by two to four minutes, less than the five that a consumer allows', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        for (const skew of Object.values(clockSkews(seed))) {
          expect(Math.abs(skew)).toBeGreaterThanOrEqual(120_000);
          expect(Math.abs(skew)).toBeLessThanOrEqual(240_000);
        }
      }),
    );
  });

  it('knows what a fault strikes', () => {
    const fault = { at: 0, service: 'orders', instance: 1, lasts: 0 } as const;
    expect(targetOf({ ...fault, kind: 'kill' })).toBe('orders-2');
    expect(targetOf({ ...fault, kind: 'roll' })).toBe('orders');
    expect(targetOf({ ...fault, kind: 'postgres-slow' })).toBe('postgres');
  });
});
