import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { CheckResult } from './check-runner.js';
import { livenessPolicy } from './policy.js';

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
    this.#maxMedianMs = options.maxMedianMs ?? livenessPolicy.blockedMs;
    this.#histogram = options.histogram ?? monitorEventLoopDelay({ resolution: livenessPolicy.loopResolutionMs });
    this.#now = options.now ?? (() => performance.now());
    this.#windowStart = this.#now();
    this.#histogram.enable();
  }

  check(): CheckResult {
    const turns = this.#histogram.count;
    const medianMs = turns === 0 ? 0 : Math.round(this.#histogram.percentile(50) / 1e6);
    if (this.#now() - this.#windowStart > livenessPolicy.blockedWindowMs) {
      this.#histogram.reset();
      this.#windowStart = this.#now();
    }
    return turns >= livenessPolicy.blockedTurns && medianMs > this.#maxMedianMs
      ? { ok: false, reason: `the event loop is blocked: half of its turns take over ${medianMs} ms` }
      : { ok: true, note: `event loop delay ${medianMs} ms` };
  }

  stop(): void {
    this.#histogram.disable();
  }
}
