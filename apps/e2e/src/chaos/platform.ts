import type { ServiceProcess } from '@dozen/demo';
import { pause } from '@dozen/kernel';

const EVERY_MS = 2_000;
const TIMEOUT_MS = 1_000;
/** The same as a platform's failureThreshold. */
const FAILURES = 3;

/**
 * Restarts a process whose /livez says several times in a row that only a restart would help. One that does not answer
 * at all is frozen or down by a fault of the schedule, and its end is that fault's.
 */
export class Platform {
  /** Names of processes that it restarted. */
  readonly restarted: string[] = [];
  readonly #log: (line: string) => void;

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  async watch(processes: readonly ServiceProcess[], signal: AbortSignal): Promise<void> {
    const failures = new Map<ServiceProcess, number>();
    while (!signal.aborted) {
      await Promise.all(
        processes.map(async (process) => {
          const why = await unwell(process);
          const count = why === undefined ? 0 : (failures.get(process) ?? 0) + 1;
          failures.set(process, count % FAILURES);
          if (why === undefined || count < FAILURES) return;
          this.restarted.push(process.name);
          this.#log(`${process.name} is restarted, it is not live: ${why}`);
          await process.stop();
          if (!process.running && !signal.aborted) process.start();
        }),
      );
      await pause(EVERY_MS, signal);
    }
  }
}

/** What /livez complains about; undefined when it is content or does not answer. */
async function unwell({ url }: ServiceProcess): Promise<string | undefined> {
  try {
    const answer = await fetch(`${url}/livez`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = await answer.text();
    return answer.status === 503 ? text : undefined;
  } catch {
    return undefined;
  }
}
