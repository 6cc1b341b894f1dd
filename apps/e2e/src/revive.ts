import { setTimeout as sleep } from 'node:timers/promises';
import { type Launched, ServiceProcess } from '@dozen/demo';

const RESTART_DELAY_MS = 500;

/**
 * An `onDeath` for a system: a service process that ends by itself is noted in `ended` and started again, as a platform
 * would do. Admin processes end when they are done. Nothing is started again once `ending` is aborted.
 */
export function revive(options: {
  readonly ended: string[];
  readonly ending: AbortSignal;
  readonly log: (line: string) => void;
}): (process: Launched, error: Error) => void {
  const { ended, ending, log } = options;
  return (process, error) => {
    if (ending.aborted || !(process instanceof ServiceProcess)) return;
    ended.push(process.name);
    log(`${error.message}\nIt is started again.`);
    const again = async (): Promise<void> => {
      await sleep(RESTART_DELAY_MS, undefined, { signal: ending });
      if (!process.running) process.start();
    };
    again().catch(() => undefined);
  };
}
