import type { Backing } from '@dozen/backing';

/** A rate beside that of a yardstick which did the same work in the same run; one figure per round. */
export interface Ratio {
  readonly subject: string;
  /** What the rate is divided by, in words that a reader could build it from. */
  readonly yardstick: string;
  /** `rows/s`. */
  readonly unit: string;
  readonly rates: readonly number[];
  readonly yardstickRates: readonly number[];
  /** The least that is wanted of best ÷ best. Without one the row is for information. */
  readonly aim?: number;
}

/** Percentiles in ms, of the round with the lowest p99. */
export interface Latency {
  readonly subject: string;
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly aim?: { readonly p50: number; readonly p99: number };
}

/** Something counted. */
export interface Count {
  readonly subject: string;
  readonly value: number;
  /** The most that is allowed. Without one the row is for comparison. */
  readonly most?: number;
}

/** A plan or a listing, shown as it came. */
export interface Evidence {
  readonly title: string;
  readonly text: string;
}

/** Lines over one axis, as a picture and as a table. */
export interface Curve {
  readonly title: string;
  readonly x: { readonly title: string; readonly values: readonly number[] };
  /** Unit of the lines. */
  readonly y: string;
  readonly lines: readonly { readonly name: string; readonly values: readonly number[] }[];
}

export interface Findings {
  /** How often it was measured, when that is not what the context asks for. */
  readonly rounds?: number;
  readonly ratios: readonly Ratio[];
  readonly latencies: readonly Latency[];
  readonly counts: readonly Count[];
  readonly curves?: readonly Curve[];
  readonly evidence: readonly Evidence[];
}

export interface BenchContext {
  readonly backing: Backing;
  /** Repetitions of each measurement; the best counts. */
  readonly rounds: number;
  /** Multiplies the amount of work: 1 for the document, less for a quick look. */
  readonly scale: number;
  readonly signal: AbortSignal;
  /** One line for whoever waits. */
  readonly say: (line: string) => void;
}

export type Benchmark = (context: BenchContext) => Promise<Findings>;
