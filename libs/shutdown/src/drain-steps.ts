/**
 * The order in which a process lets go; each phase needs the ones after it.
 *
 * | phase     | what ends                                                                                       |
 * |-----------|-------------------------------------------------------------------------------------------------|
 * | unready   | /readyz says no, so that nobody sends more                                                       |
 * | http      | every request that was taken is answered, streams are ended, the server closes                    |
 * | consumers | fetching stops, the batch in flight is finished and committed, the group is left                    |
 * | work      | jobs, relay, timers: what is in flight is finished, leases are released                             |
 * | telemetry | logs, spans and metrics are flushed                                                               |
 * | pools     | connections; last, since all of the above need them                                               |
 */
export const DRAIN_PHASES = ['unready', 'http', 'consumers', 'work', 'telemetry', 'pools'] as const;
export type DrainPhase = (typeof DRAIN_PHASES)[number];

export interface StepReport {
  /** `phase/name`. */
  readonly step: string;
  readonly ms: number;
  /** Wrapped, since a step may throw `undefined`. */
  readonly error?: { readonly thrown: unknown };
}

interface Step {
  readonly phase: number;
  readonly label: string;
  readonly fn: () => Promise<void> | void;
  readonly inFlight: () => readonly string[];
  state: 'waiting' | 'running' | 'ended';
}

/** The steps of a drain and how far each has come. */
export class DrainSteps {
  readonly #steps: Step[] = [];
  #current = -1;

  add(
    phase: DrainPhase,
    name: string,
    fn: () => Promise<void> | void,
    inFlight: () => readonly string[] = () => [],
  ): void {
    // A phase that is over does not come again.
    const index = Math.max(DRAIN_PHASES.indexOf(phase), this.#current);
    this.#steps.push({ phase: index, label: `${phase}/${name}`, fn, inFlight, state: 'waiting' });
  }

  /** Runs the phase's steps, and those that are added to it meanwhile, until none is left. Never rejects. */
  async runPhase(phase: DrainPhase, report: (report: StepReport) => void): Promise<void> {
    this.#current = DRAIN_PHASES.indexOf(phase);
    for (;;) {
      const waiting = this.#steps.filter((step) => step.phase === this.#current && step.state === 'waiting');
      if (waiting.length === 0) return;
      await Promise.all(waiting.map((step) => this.#runStep(step, report)));
    }
  }

  /** Labels of what was begun and has not ended, with what each has in flight: `consumers/kafka consumer (orders.events/3)`. */
  running(): string[] {
    return this.#in('running').map(({ label, inFlight }) => {
      const names = inFlight();
      return names.length === 0 ? label : `${label} (${names.join(', ')})`;
    });
  }

  /** Labels of what was not begun. */
  waiting(): string[] {
    return this.#in('waiting').map(({ label }) => label);
  }

  #in(state: Step['state']): Step[] {
    return this.#steps.filter((step) => step.state === state);
  }

  async #runStep(step: Step, report: (report: StepReport) => void): Promise<void> {
    const startedAt = performance.now();
    step.state = 'running';
    const error = await outcomeOf(step.fn);
    step.state = 'ended';
    const ms = Math.round(performance.now() - startedAt);
    report({ step: step.label, ms, ...(error === undefined ? {} : { error }) });
  }
}

async function outcomeOf(fn: () => Promise<void> | void): Promise<{ thrown: unknown } | undefined> {
  try {
    await fn();
    return undefined;
  } catch (thrown) {
    return { thrown };
  }
}
