import { type BatchObservableCallback, createNoopMeter, type Histogram, metrics } from '@opentelemetry/api';
import type { AttributesOf, Exactly, GaugeDefinition, HistogramDefinition, RecordedDefinition } from './definition.js';

const SCOPE = 'dozen';

/**
 * Whether anybody collects metrics. An SDK must have been started before the first instrument is made (`--import`); without
 * one every instrument does nothing, and nobody is ever asked for a gauge.
 */
export function metersOn(): boolean {
  return metrics.getMeter(SCOPE) !== createNoopMeter();
}

/** Takes the values of one histogram or counter. */
export interface Recorder<D extends RecordedDefinition> {
  /** Cheap enough for every message; never throws. */
  record<A extends AttributesOf<D>>(value: number, attributes: Exactly<D, A>): void;
}

/** Make it in the object that records, when that is made. Several instruments of one definition share their series. */
export function recorder<D extends RecordedDefinition>(definition: D): Recorder<D> {
  if (definition.kind === 'histogram') return histogramOf(definition);
  const { name, unit, description } = definition;
  const counter = metrics.getMeter(SCOPE).createCounter(name, { unit, description });
  return { record: (value, attributes) => counter.add(value, attributes) };
}

/** For what records durations here. */
export function histogramOf({ name, unit, description, buckets }: HistogramDefinition): Histogram {
  const advice = { explicitBucketBoundaries: [...buckets] };
  return metrics.getMeter(SCOPE).createHistogram(name, { unit, description, advice });
}

/** Reports the value of a gauge. Trap: the SDK goes on to export the last value of a gauge that is no longer reported. */
export type Observe = <D extends GaugeDefinition, A extends AttributesOf<D>>(
  definition: D,
  value: number,
  attributes: Exactly<D, A>,
) => void;

export interface GaugesOptions {
  readonly gauges: readonly GaugeDefinition[];
  /** Asked once per export, and never when nobody collects. */
  readonly look: (observe: Observe) => Promise<void> | void;
  /** Gets what `look` throws. Must not throw. */
  readonly onError: (error: unknown) => void;
}

/** Returns what ends it. */
export function observeGauges({ gauges, look, onError }: GaugesOptions): () => void {
  const meter = metrics.getMeter(SCOPE);
  const instruments = new Map(
    gauges.map(({ name, unit, description }) => [name, meter.createObservableGauge(name, { unit, description })]),
  );
  const callback: BatchObservableCallback = async (result) => {
    try {
      await look((definition, value, attributes) => {
        const instrument = instruments.get(definition.name);
        if (instrument === undefined)
          throw new TypeError(`${definition.name} is not among the gauges that are observed`);
        result.observe(instrument, value, attributes);
      });
    } catch (error) {
      onError(error);
    }
  };
  const all = [...instruments.values()];
  meter.addBatchObservableCallback(callback, all);
  return () => meter.removeBatchObservableCallback(callback, all);
}
