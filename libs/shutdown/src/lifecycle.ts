import type { Logger } from '@dozen/telemetry';
import { DRAIN_PHASES, DrainSteps } from './drain-steps.js';
import type { DrainPhase } from './drain-steps.js';
import { endEarlyExit, SIGNALS } from './early-exit.js';

/** The part of a logger that is used here. */
export type LifecycleLogger = Pick<Logger, 'info' | 'warn' | 'error'>;

export interface LifecycleOptions {
  /** From the first signal to the exit, in ms; then the process exits with 1. */
  readonly deadlineMs: number;
  readonly logger: LifecycleLogger;
  /** Default: process.exit. */
  readonly exit?: (code: number) => void;
}

/**
 * How a process ends. States: running → draining → ended, never back.
 *
 * - running → draining: a signal or `drain()`. `signal` is aborted, `draining` turns true, then the phases run in the order
 *   of DRAIN_PHASES; the steps of one phase run concurrently, and the next phase waits for all of them.
 * - A step that throws is logged and makes the exit code 1; later steps still run, since they release what others wait for.
 * - draining → ended: all phases are done, or the deadline passed. At the deadline the steps that have not ended are logged
 *   by name and the exit code is 1.
 * - Further signals and calls of `drain()` join the drain that is running; a higher exit code wins.
 * - A crash needs none of this: what is not committed is done again by another process.
 */
export class Lifecycle {
  readonly #options: LifecycleOptions;
  readonly #exit: (code: number) => void;
  readonly #steps = new DrainSteps();
  readonly #abort = new AbortController();
  readonly #listeners = new Map<NodeJS.Signals, () => void>();
  #drained: Promise<void> | undefined;
  #exitCode = 0;

  constructor(options: LifecycleOptions) {
    this.#options = options;
    this.#exit = options.exit ?? ((code) => process.exit(code));
  }

  get draining(): boolean {
    return this.#drained !== undefined;
  }

  /** Aborted when draining begins: for sleeps and polls that would hold up the drain. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /**
   * Registers a step, by a name that an operator understands. During a drain (a start that was interrupted) a step of a
   * phase that is already over runs in the present one, so that what was opened late is still closed. `inFlight`: what the
   * step still waits for, named at the deadline.
   */
  onDrain(phase: DrainPhase, name: string, fn: () => Promise<void> | void, inFlight?: () => readonly string[]): void {
    this.#steps.add(phase, name, fn, inFlight);
  }

  /** Resolves after `exit` was called, even when that returns (in tests). Never rejects. */
  drain(reason: string, exitCode = 0): Promise<void> {
    this.#exitCode = Math.max(this.#exitCode, exitCode);
    if (this.#drained === undefined) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      // The state is set before anything runs, since a step or an abort listener may itself ask to drain.
      this.#drained = promise;
      this.#abort.abort(new Error(`draining: ${reason}`));
      this.#run(reason).then(resolve, reject);
    }
    return this.#drained;
  }

  /**
   * SIGTERM and SIGINT drain from now on, in place of what `register` has set. A second signal does not kill: the deadline
   * ends a drain that hangs.
   */
  handleSignals(): void {
    for (const name of SIGNALS) {
      if (this.#listeners.has(name)) continue;
      const listener = (): void => this.#onSignal(name);
      this.#listeners.set(name, listener);
      process.on(name, listener);
      endEarlyExit(name);
    }
  }

  #onSignal(name: NodeJS.Signals): void {
    if (this.draining) {
      this.#options.logger.warn({ signal: name, running: this.#steps.running() }, `${name} again: already draining`);
      return;
    }
    void this.drain(name);
  }

  async #run(reason: string): Promise<void> {
    const { deadlineMs, logger } = this.#options;
    const startedAt = performance.now();
    logger.info({ reason, deadline_ms: deadlineMs }, 'draining');

    const deadline = Promise.withResolvers<'late'>();
    // Not unref'd: it must fire even when a hung step leaves nothing else in the event loop.
    const timer = setTimeout(() => deadline.resolve('late'), deadlineMs);
    const outcome = await Promise.race([this.#runPhases(), deadline.promise]);
    clearTimeout(timer);

    const ms = Math.round(performance.now() - startedAt);
    if (outcome === 'late') {
      const hung = this.#steps.running();
      logger.error(
        { reason, hung, not_begun: this.#steps.waiting(), ms },
        `drain deadline of ${deadlineMs} ms passed; hung: ${hung.join(', ')}`,
      );
      this.#exitCode = 1;
    } else {
      logger.info({ reason, ms, exit_code: this.#exitCode }, 'drained');
    }
    for (const [name, listener] of this.#listeners) process.off(name, listener);
    this.#exit(this.#exitCode);
  }

  async #runPhases(): Promise<'done'> {
    for (const phase of DRAIN_PHASES) {
      await this.#steps.runPhase(phase, ({ step, ms, error }) => {
        if (error === undefined) {
          this.#options.logger.info({ step, ms }, 'drain step done');
          return;
        }
        this.#exitCode = 1;
        this.#options.logger.error({ step, ms, err: error.thrown }, `drain step failed: ${step}`);
      });
    }
    return 'done';
  }
}
