import type { CheckResult } from './check-runner.js';
import { livenessPolicy } from './policy.js';

/** A piece of work in flight. */
export interface ProgressStep {
  /** It got on: the time begins anew. Ends a wait. */
  advance(): void;
  /** The work waits for a dependency or for the time of a retry. That counts as progress until `advance` or `end`. */
  waiting(reason: string): void;
  end(): void;
}

interface Entry {
  readonly name: string;
  since: number;
  waitingFor: string | undefined;
}

/**
 * A liveness check: some work was begun, does not wait for anything known, and has not ended for too long. Nothing in flight
 * is fine. Register it with `whileReady`, since a dependency may hang without an error:
 * `health.addLiveness('progress', () => progress.check(), { whileReady: ['database', 'broker'] })`.
 */
export class ProgressWatch {
  readonly #inFlight = new Set<Entry>();
  readonly #stalledAfterMs: number;
  readonly #now: () => number;

  constructor(options: { stalledAfterMs?: number; now?: () => number } = {}) {
    this.#stalledAfterMs = options.stalledAfterMs ?? livenessPolicy.stalledMs;
    this.#now = options.now ?? (() => performance.now());
  }

  /** @param name what is worked on, as an operator knows it: `orders.events/3`. Several may be in flight at once. */
  begin(name: string): ProgressStep {
    const entry: Entry = { name, since: this.#now(), waitingFor: undefined };
    this.#inFlight.add(entry);
    return {
      advance: () => {
        entry.since = this.#now();
        entry.waitingFor = undefined;
      },
      waiting: (reason) => {
        entry.waitingFor = reason;
      },
      end: () => {
        this.#inFlight.delete(entry);
      },
    };
  }

  /** Names of what is in flight. */
  get inFlight(): readonly string[] {
    return [...this.#inFlight].map(({ name }) => name);
  }

  check(): CheckResult {
    const now = this.#now();
    const entries = [...this.#inFlight];
    const stalled = entries.filter(
      ({ waitingFor, since }) => waitingFor === undefined && now - since > this.#stalledAfterMs,
    );
    if (stalled.length > 0) {
      const list = stalled.map(({ name, since }) => `${name} (${Math.round((now - since) / 1000)} s)`).join(', ');
      return { ok: false, reason: `no progress: ${list}` };
    }
    const waits = entries.flatMap(({ name, waitingFor }) =>
      waitingFor === undefined ? [] : [`${name}: ${waitingFor}`],
    );
    return waits.length === 0 ? { ok: true } : { ok: true, note: `waiting: ${waits.join(', ')}` };
  }
}
