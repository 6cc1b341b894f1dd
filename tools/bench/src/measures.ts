import type { Latency } from './benchmark.js';

/** Nearest-rank percentile of unsorted samples; NaN without samples. */
export function percentile(samples: readonly number[], percent: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? NaN;
}

export function best(rates: readonly number[]): number {
  return Math.max(...rates);
}

/** The round with the lowest p99. */
export function latencyOf(subject: string, rounds: readonly (readonly number[])[], aim?: Latency['aim']): Latency {
  const figures = rounds.map((samples) => ({
    subject,
    count: samples.length,
    p50: percentile(samples, 50),
    p95: percentile(samples, 95),
    p99: percentile(samples, 99),
    ...(aim === undefined ? {} : { aim }),
  }));
  const [first, ...others] = figures;
  if (first === undefined) throw new Error(`${subject} was not measured`);
  return others.reduce((least, one) => (one.p99 < least.p99 ? one : least), first);
}

/** Resolves at `at` on the clock of `performance.now()`, or at once when that is past. */
export async function until(at: number): Promise<void> {
  const wait = at - performance.now();
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
}

/** Milliseconds on a clock that all processes of this machine share. */
export function machineNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
