import type { AttributeValue, MetricAttribute } from './attributes.js';

interface Described {
  /** By the OpenTelemetry semantic conventions where they have one; otherwise `dozen.…`. */
  readonly name: string;
  /** UCUM: s, By, 1, {message}. */
  readonly unit: string;
  readonly description: string;
  readonly attributes: readonly MetricAttribute[];
}

/** Where `record` puts a value: a distribution. */
export interface HistogramDefinition extends Described {
  readonly kind: 'histogram';
  /** Upper bounds, in the metric's unit. */
  readonly buckets: readonly number[];
}

/** What `record` adds to; never falls but at a restart. */
export interface CounterDefinition extends Described {
  readonly kind: 'counter';
}

/** A value at the time of the export, which somebody is asked for then. */
export interface GaugeDefinition extends Described {
  readonly kind: 'gauge';
}

export type RecordedDefinition = HistogramDefinition | CounterDefinition;
export type MetricDefinition = RecordedDefinition | GaugeDefinition;

/** Values by attribute; one that does not apply is left out. */
export type AttributesOf<D extends MetricDefinition> = {
  readonly [A in D['attributes'][number]]?: AttributeValue;
};

/** Attributes of a definition and no others, also where they were put together before: those do not compile. */
export type Exactly<D extends MetricDefinition, A> = A & {
  readonly [K in Exclude<keyof A, D['attributes'][number]>]: never;
};

/**
 * The metrics of one library or service, by the name that its code has for them. Its file is `src/metrics.ts`: from those
 * files together `npm run generate` makes the catalogue, docs/telemetry.md.
 */
export function defineMetrics<const T extends Readonly<Record<string, MetricDefinition>>>(metrics: T): T {
  return metrics;
}

/** Of durations, in s: what the semantic conventions advise for HTTP and messaging. */
export const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] as const;

/** Of durations of databases and caches, in s: what the semantic conventions advise for them. */
export const QUICK_BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] as const;
