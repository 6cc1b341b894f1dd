import { constants } from 'node:os';

/** In the order in which a process hears them; what drains, and before that what ends a start. */
export const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
export type Signal = (typeof SIGNALS)[number];

/** On the listener itself, since two copies of this module share no other state: the one that drains finds the other's. */
const MARK = Symbol.for('dozen.shutdown.early-exit');

/**
 * - `service`: exits with 0. Nothing was taken yet, so nothing is lost: the same end as a drain's.
 * - `command`: exits with 128 + the signal's number (143, 130), as a shell says it. What was asked for has not been done, and
 *   a Kubernetes Job must not count a `migrate` that was stopped as complete.
 */
export type EarlyExit = 'service' | 'command';

/**
 * From now on a signal ends the process at once, until a `Lifecycle` takes over. The kernel drops a signal that the first
 * process of a PID namespace (a container) has no handler for (pid_namespaces(7)): without this one, a SIGTERM that comes
 * while the modules are loaded is lost, and what follows is the grace period and SIGKILL.
 */
export function exitEarly(kind: EarlyExit): void {
  for (const name of SIGNALS) {
    const listener = (): void => {
      process.stderr.write(`${name}: ${kind === 'service' ? 'nothing was taken yet' : 'the command is cut short'}\n`);
      process.exit(kind === 'service' ? 0 : 128 + constants.signals[name]);
    };
    process.on(name, Object.assign(listener, { [MARK]: true }));
  }
}

/** The listener goes only once another is there: between the two a signal would be lost. */
export function endEarlyExit(name: Signal): void {
  for (const listener of process.listeners(name)) {
    if (MARK in listener) process.off(name, listener);
  }
}
