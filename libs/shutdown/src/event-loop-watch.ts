import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { CheckResult } from './check-runner.js';

const POLICY = {
  /** A loop that needs longer than this for half of its turns answers nobody in time, in ms. */
  maxMedianMs: 1000,
  /** One long pause (garbage collection, a paused container) is no reason to restart; several in the window are. */
  minTurns: 3,
  /** What happened longer ago is forgotten, in ms; longer than the usual 10 s between two probes. */
  windowMs: 15_000,
  resolutionMs: 20,
} as const;

/** The part of node's histogram that is judged; times in ns. */
interface DelayHistogram {
  readonly count: number;
  percentile(percentile: number): number;
  reset(): void;
  enable(): boolean;
  disable(): boolean;
}

/**
 * A liveness check: the event loop is blocked again and again. (One that never comes back cannot answer the probe at all,
 * which the prober sees by its own timeout.)
 */
export class EventLoopWatch {
  readonly #histogram: DelayHistogram;
  readonly #now: () => number;
  readonly #maxMedianMs: number;
  #windowStart: number;

  constructor(options: { maxMedianMs?: number; histogram?: DelayHistogram; now?: () => number } = {}) {
    this.#maxMedianMs = options.maxMedianMs ?? POLICY.maxMedianMs;
    this.#histogram = options.histogram ?? monitorEventLoopDelay({ resolution: POLICY.resolutionMs });
    this.#now = options.now ?? (() => performance.now());
    this.#windowStart = this.#now();
    this.#histogram.enable();
  }

  check(): CheckResult {
    const turns = this.#histogram.count;
    const medianMs = turns === 0 ? 0 : Math.round(this.#histogram.percentile(50) / 1e6);
    if (this.#now() - this.#windowStart > POLICY.windowMs) {
      this.#histogram.reset();
      this.#windowStart = this.#now();
    }
    return turns >= POLICY.minTurns && medianMs > this.#maxMedianMs
      ? { ok: false, reason: `the event loop is blocked: half of its turns take over ${medianMs} ms` }
      : { ok: true, note: `event loop delay ${medianMs} ms` };
  }

  stop(): void {
    this.#histogram.disable();
  }
}
