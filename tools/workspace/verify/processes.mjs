import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const GRACE_MS = 10_000;

/** Children in process groups of their own, so that all of a step ends with it. */
export class Processes {
  #running = new Map();

  /**
   * @param {readonly string[]} args for this Node
   * @param {{ cwd: string, env: NodeJS.ProcessEnv, quiet?: boolean }} options `quiet`: it gets the processor's time
   * that nothing else wants
   */
  start(args, { cwd, env, quiet = false }) {
    const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    if (quiet && child.pid !== undefined) yieldToOthers(child.pid);
    const ended = new Promise((resolve) => {
      child.once('error', (error) => resolve({ code: 1, signal: null, error }));
      child.once('close', (code, signal) => resolve({ code: code ?? 1, signal }));
    }).finally(() => this.#running.delete(child));
    this.#running.set(child, ended);
    return { child, ended };
  }

  /** SIGTERM to its group, SIGKILL after 10 s. */
  async stop(child) {
    const ended = this.#running.get(child);
    if (ended === undefined) return;
    signalGroup(child, 'SIGTERM');
    const timer = new AbortController();
    const late = sleep(GRACE_MS, 'late', { signal: timer.signal }).catch(() => 'ended');
    if ((await Promise.race([ended, late])) === 'late') signalGroup(child, 'SIGKILL');
    timer.abort();
    await ended;
  }

  async stopAll() {
    await Promise.all([...this.#running.keys()].map((child) => this.stop(child)));
  }
}

/** Of a child in a session of its own: Linux weighs sessions first (autogroup), and their processes within them. */
function yieldToOthers(pid) {
  const low = constants.priority.PRIORITY_LOW;
  try {
    setPriority(pid, low);
    if (process.platform === 'linux') writeFileSync(`/proc/${pid}/autogroup`, String(low));
  } catch {
    // No such weights here, or it ended at once. It runs all the same; the others are slower.
  }
}

function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

const SETTLE_MS = 5_000;

/** Those that are still there after 5 s: what was told to stop (a plugin worker of Nx) may take a moment. */
export async function lastingLeftovers(variable, value) {
  const until = performance.now() + SETTLE_MS;
  for (;;) {
    const found = leftovers(variable, value);
    if (found.length === 0 || performance.now() > until) return found;
    await sleep(100);
  }
}

/**
 * Processes that a step of this run started and left behind, found by a variable of their environment (Linux only:
 * elsewhere none is found).
 * @returns {{ pid: number, command: string }[]}
 */
function leftovers(variable, value) {
  const mark = `${variable}=${value}`;
  const pids = process.platform === 'linux' ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
  return pids.flatMap((pid) => {
    if (Number(pid) === process.pid) return [];
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(mark)) return [];
      return [{ pid: Number(pid), command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() }];
    } catch (error) {
      // It ended meanwhile, or it is somebody else's.
      if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(error.code)) return [];
      throw error;
    }
  });
}
