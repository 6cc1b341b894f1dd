import { errorType } from './attributes.js';
import type { AttributesOf, Exactly, HistogramDefinition } from './definition.js';
import { histogramOf } from './instruments.js';

/** Seconds since it was started, as durations are recorded. */
export function stopwatch(): () => number {
  const startedAt = performance.now();
  return () => (performance.now() - startedAt) / 1000;
}

/** Records durations of what is awaited. */
export interface Timer<D extends HistogramDefinition> {
  /** Settles as `work` does. What it throws is recorded as `error.type`. */
  time<T, A extends AttributesOf<D>>(attributes: Exactly<D, A>, work: () => Promise<T>): Promise<T>;
}

/** To be made by the object that records, when it is made. */
export function timer<D extends HistogramDefinition>(definition: D): Timer<D> {
  const duration = histogramOf(definition);
  return {
    async time(attributes, work) {
      const seconds = stopwatch();
      try {
        const result = await work();
        duration.record(seconds(), attributes);
        return result;
      } catch (error) {
        duration.record(seconds(), { ...attributes, 'error.type': errorType(error) });
        throw error;
      }
    },
  };
}
