import { CheckRunner } from './check-runner.js';
import type { Check, CheckResult } from './check-runner.js';
import { shutdownError } from './errors.js';
import type { Lifecycle } from './lifecycle.js';
import { livenessPolicy } from './policy.js';

export type HealthKind = 'live' | 'ready' | 'startup';

export interface HealthReport {
  readonly ok: boolean;
  readonly checks: Readonly<Record<string, CheckResult>>;
}

export interface ReadinessOptions {
  /**
   * The grace period in ms: once the check has passed, a failure counts only after it has lasted so long; until then it is
   * noted. Default 0.
   */
  readonly graceMs?: number;
}

export interface LivenessOptions {
  /** Names of readiness checks: while one of them fails, a failure here is noted and does not count. */
  readonly whileReady?: readonly string[];
  /**
   * The grace period in ms after such a time, in which a failure is still only noted: work that waited has to get on first.
   * Default 0.
   */
  readonly graceMs?: number;
}

interface ReadinessCheck {
  readonly check: Check;
  readonly graceMs: number;
  /** When the failure that lasts began; -Infinity before the first success, undefined after one. */
  failingSince: number | undefined;
}

interface LivenessCheck {
  readonly check: Check;
  readonly whileReady: readonly string[];
  readonly graceMs: number;
  /** When a dependency was last seen failing while this failed. */
  waitedAt: number;
}

/**
 * What /livez, /readyz and /startupz answer; the transport is someone else's.
 *
 * - startup: `started()` was called.
 * - ready: started, not draining, and every readiness check passes. May come and go; traffic follows it. A check may have a
 *   grace period before its failure counts: a short outage would make all processes of a service unready together.
 * - live: fails only for what a restart would heal. An outage of a backing service must not restart the fleet, so a check
 *   of progress is registered with `whileReady: ['database', 'broker']`. A drain is always live: its deadline judges it.
 */
export class Health {
  readonly #lifecycle: Pick<Lifecycle, 'draining'>;
  readonly #runner: CheckRunner;
  readonly #now: () => number;
  readonly #readiness = new Map<string, ReadinessCheck>();
  readonly #liveness = new Map<string, LivenessCheck>();
  #started = false;

  constructor(options: { lifecycle: Pick<Lifecycle, 'draining'>; checkTimeoutMs?: number; now?: () => number }) {
    this.#lifecycle = options.lifecycle;
    this.#now = options.now ?? (() => performance.now());
    this.#runner = new CheckRunner(options.checkTimeoutMs ?? livenessPolicy.checkMs);
  }

  /** @throws HEALTH-DUPLICATE; `started` and `draining` are taken. */
  addReadiness(name: string, check: Check, options: ReadinessOptions = {}): void {
    if (this.#readiness.has(name) || name === 'started' || name === 'draining') {
      throw shutdownError('HEALTH-DUPLICATE', `there is a readiness check "${name}" already`);
    }
    this.#readiness.set(name, { check, graceMs: options.graceMs ?? 0, failingSince: -Infinity });
  }

  /** @throws HEALTH-DUPLICATE */
  addLiveness(name: string, check: Check, options: LivenessOptions = {}): void {
    if (this.#liveness.has(name)) {
      throw shutdownError('HEALTH-DUPLICATE', `there is a liveness check "${name}" already`);
    }
    const { whileReady = [], graceMs = 0 } = options;
    this.#liveness.set(name, { check, whileReady, graceMs, waitedAt: -Infinity });
  }

  /**
   * To be called once the process has started and its checks are registered. @throws HEALTH-UNKNOWN when a liveness check names
   * a readiness check that does not exist.
   */
  started(): void {
    for (const [name, { whileReady }] of this.#liveness) {
      const unknown = whileReady.find((dependency) => !this.#readiness.has(dependency));
      if (unknown !== undefined) {
        throw shutdownError(
          'HEALTH-UNKNOWN',
          `liveness "${name}" depends on "${unknown}", which is no readiness check`,
        );
      }
    }
    this.#started = true;
  }

  /** Runs the checks of one kind concurrently, each with a timeout. Never rejects. */
  async report(kind: HealthKind): Promise<HealthReport> {
    const checks = Object.fromEntries(await this.#checks(kind));
    return { ok: Object.values(checks).every(({ ok }) => ok), checks };
  }

  async #checks(kind: HealthKind): Promise<[string, CheckResult][]> {
    switch (kind) {
      case 'startup':
        return [['started', this.#startedResult()]];
      case 'ready':
        return [
          ['started', this.#startedResult()],
          ['draining', this.#lifecycle.draining ? { ok: false, reason: 'the process is draining' } : { ok: true }],
          ...(await Promise.all(
            [...this.#readiness].map(async ([name, check]) => named(name, await this.#ready(check))),
          )),
        ];
      case 'live':
        if (this.#lifecycle.draining) return [['draining', { ok: true, note: 'the process is draining' }]];
        return Promise.all([...this.#liveness].map(async ([name, check]) => named(name, await this.#live(check))));
    }
  }

  #startedResult(): CheckResult {
    return this.#started ? { ok: true } : { ok: false, reason: 'the process is starting' };
  }

  async #ready(readiness: ReadinessCheck): Promise<CheckResult> {
    const { check, graceMs } = readiness;
    const begunAt = this.#now();
    const result = await this.#runner.run(check);
    if (result.ok) {
      readiness.failingSince = undefined;
      return result;
    }
    readiness.failingSince ??= begunAt;
    return this.#now() - readiness.failingSince < graceMs
      ? { ok: true, note: `tolerated for ${graceMs} ms: ${result.reason}` }
      : result;
  }

  async #live(liveness: LivenessCheck): Promise<CheckResult> {
    const { check, whileReady, graceMs, waitedAt } = liveness;
    const result = await this.#runner.run(check);
    if (result.ok) return result;
    const dependencies = whileReady.map(async (name) => {
      const dependency = this.#readiness.get(name);
      return { name, ok: dependency === undefined || (await this.#runner.run(dependency.check)).ok };
    });
    const failing = (await Promise.all(dependencies)).filter(({ ok }) => !ok).map(({ name }) => name);
    if (failing.length > 0) {
      liveness.waitedAt = this.#now();
      return { ok: true, note: `waiting for ${failing.join(', ')}: ${result.reason}` };
    }
    return this.#now() - waitedAt < graceMs ? { ok: true, note: `waited until now: ${result.reason}` } : result;
  }
}

function named(name: string, result: CheckResult): [string, CheckResult] {
  return [name, result];
}
