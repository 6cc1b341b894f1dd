import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { backingError, BackingCode, BackingError, diskFull, saysDiskFull, type BackingFailure } from './errors.js';
import { describeExit, type ManagedProcess, type ServerProcess } from './managed-process.js';
import { POLICY } from './policy.js';

export interface ServerStart {
  readonly process: ServerProcess;
  /** Asks the server itself; false or a throw means not yet. */
  readonly ready: () => Promise<boolean>;
  readonly code: BackingCode;
  /** What to do when the log gives no better hint. */
  readonly todo: string;
  readonly signal?: AbortSignal | undefined;
}

/** For what fails over its data: an empty folder may be all that is needed. */
export function freshDataHelps(
  code: BackingCode,
  signal: AbortSignal | undefined,
): Pick<ServerStart, 'code' | 'todo' | 'signal'> {
  return { code, todo: 'The log names the cause; `npm start -- --fresh` starts with empty data.', signal };
}

/** The binaries' symbolic links are made by their install script. */
const NO_LIBRARY = /error while loading shared libraries|Library not loaded/;
const ADDRESS_IN_USE = /Address already in use|could not bind/i;

/**
 * Waits until the started process answers. Throws BACKING-PORT-TAKEN, BACKING-DISK-FULL or `code` with the last log
 * lines when it ends or stays silent; it is not running then.
 */
export async function awaitReady({ process, ready, code, todo, signal }: ServerStart): Promise<void> {
  const deadline = performance.now() + POLICY.startDeadlineMs;
  for (;;) {
    if (signal?.aborted === true) {
      await process.stop();
      signal.throwIfAborted();
    }
    if (!process.running) throw ended(process, code, todo);
    if (await ready()) return;
    if (performance.now() > deadline) {
      await process.kill('SIGKILL');
      throw failure(process, code, {
        what: `${process.spec.name} did not answer in ${POLICY.startDeadlineMs / 1000} s.`,
        todo,
      });
    }
    await sleep(POLICY.pollMs);
  }
}

/** Waits until a started tool has ended well. Throws as `awaitReady` does. */
export async function awaitSuccess({
  process,
  code,
  todo,
  signal,
}: Omit<ServerStart, 'ready' | 'process'> & {
  process: ManagedProcess;
}): Promise<void> {
  const abort = (): void => process.signalStop();
  signal?.addEventListener('abort', abort, { once: true });
  const exit = await process.waitExit();
  signal?.removeEventListener('abort', abort);
  signal?.throwIfAborted();
  if (exit.code !== 0) throw ended(process, code, todo);
}

function ended(process: ServerProcess, code: BackingCode, todo: string): BackingError {
  const lines = process.lastLines();
  if (saysDiskFull(lines)) return diskFullLog(process);
  if (lines.some((line) => ADDRESS_IN_USE.test(line))) {
    return failure(process, BackingCode.portTaken, {
      what: `${process.spec.name} could not bind its port: something else listens there.`,
      todo: 'End what listens there (ss -ltnp lists it) and start again.',
    });
  }
  if (lines.some((line) => NO_LIBRARY.test(line))) {
    return failure(process, code, {
      what: `${process.spec.name} misses a library.`,
      todo: 'Its package was installed without its install script: run `npm rebuild` and start again.',
    });
  }
  const how = process.exit === undefined ? 'unknown' : describeExit(process.exit);
  return failure(process, code, { what: `${process.spec.name} ended while it started (${how}).`, todo });
}

function failure(process: ServerProcess, code: BackingCode, what: BackingFailure): BackingError {
  return backingError(code, { lines: process.lastLines(), logFile: process.spec.logFile, ...what });
}

/** The error of a process whose log says that the disk is full. */
export function diskFullLog(process: ServerProcess): BackingError {
  const { logFile, name } = process.spec;
  return diskFull(dirname(logFile), { what: `${name} ended: the disk is full.`, lines: process.lastLines(), logFile });
}

/** Runs `start` again, up to the policy's attempts, when somebody else took the port between look and bind. */
export async function retryTakenPort(start: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await start();
      return;
    } catch (error) {
      const taken = error instanceof BackingError && error.code === BackingCode.portTaken;
      if (!taken || attempt === POLICY.portAttempts) throw error;
    }
  }
}
