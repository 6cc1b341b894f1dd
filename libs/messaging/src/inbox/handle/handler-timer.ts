import { errorType, recorder, stopwatch } from '@dozen/telemetry';
import { messagingMetrics as metrics } from '../../metrics.js';
import type { Work } from './record-reader.js';

/** A message whose turn it is. */
interface Handled {
  readonly work: Work;
}

/** Measures handlers, by the type of their message. */
export class HandlerTimer {
  readonly #duration = recorder(metrics.processDuration);

  /** Throws what `call` throws. The messages of one call share its time. */
  async time(runs: readonly Handled[], call: () => Promise<void> | undefined): Promise<void> {
    const seconds = stopwatch();
    try {
      await call();
    } catch (error) {
      this.#record(runs, seconds(), { 'error.type': errorType(error) });
      throw error;
    }
    this.#record(runs, seconds(), {});
  }

  #record(runs: readonly Handled[], seconds: number, failed: { readonly 'error.type'?: string }): void {
    for (const { work } of runs) {
      const { topic, type } = work.context;
      const of = { 'messaging.destination.name': topic, 'dozen.message.type': type };
      this.#duration.record(seconds / runs.length, { ...of, ...failed });
    }
  }
}
