import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { errnoOf } from './errors.js';
import { POLICY } from './policy.js';

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** One string per argument on Linux; elsewhere `ps` gives the whole line as one. */
  readonly args: readonly string[];
}

/** Every process that this user can see. Zombies have no arguments. */
export async function processTable(): Promise<ProcessEntry[]> {
  return process.platform === 'linux' ? linuxTable() : psTable();
}

async function linuxTable(): Promise<ProcessEntry[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const entries = await Promise.all(pids.map(linuxEntry));
  return entries.filter((entry) => entry !== undefined);
}

async function linuxEntry(name: string): Promise<ProcessEntry | undefined> {
  try {
    const [stat, commandLine] = await Promise.all([
      readFile(`/proc/${name}/stat`, 'utf8'),
      readFile(`/proc/${name}/cmdline`, 'utf8'),
    ]);
    // The second field is the command in parentheses and may itself hold spaces and parentheses.
    const afterCommand = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return {
      pid: Number(name),
      parent: Number(afterCommand[1]),
      args: commandLine.split('\0').filter((arg) => arg !== ''),
    };
  } catch (error) {
    const code = errnoOf(error);
    // It ended while we looked (ESRCH from an open handle, ENOENT before), or belongs to somebody else.
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM') return undefined;
    throw error;
  }
}

async function psTable(): Promise<ProcessEntry[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axww', '-o', 'pid=,ppid=,command='], { maxBuffer: 16 << 20 });
  return stdout.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
    return match === null ? [] : [{ pid: Number(match[1]), parent: Number(match[2]), args: [match[3] ?? ''] }];
  });
}

/** True when one of the arguments is `value` (on Linux), or the command line holds it (elsewhere). */
export function hasArgument(entry: ProcessEntry, value: string): boolean {
  return entry.args.includes(value) || (process.platform !== 'linux' && (entry.args[0] ?? '').includes(value));
}

/** Sends a signal. False when there is no such process any more. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (errnoOf(error) === 'ESRCH') return false;
    throw error;
  }
}

/** True when a process with this pid exists, ours or not. */
export function processExists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
}

export interface Leftovers {
  /** Recognises a process by what only ours carries in its arguments. A recycled pid does not match. */
  readonly ours: (entry: ProcessEntry) => boolean;
  /** Asks them to end; those left after the deadline get SIGKILL. */
  readonly signal: NodeJS.Signals;
  readonly deadlineMs?: number;
}

/** Ends what a killed run left running. Returns the pids that it found. */
export async function clearLeftovers({
  ours,
  signal,
  deadlineMs = POLICY.stopDeadlineMs,
}: Leftovers): Promise<number[]> {
  const find = async (): Promise<number[]> =>
    (await processTable()).filter((entry) => entry.pid !== process.pid && ours(entry)).map((entry) => entry.pid);
  const found = await find();
  let left = found;
  for (const pid of left) {
    signalProcess(pid, signal);
    // A frozen process takes no signal but SIGKILL until it is continued.
    signalProcess(pid, 'SIGCONT');
  }
  const deadline = performance.now() + deadlineMs;
  while (left.length > 0) {
    await sleep(POLICY.pollMs);
    left = await find();
    if (performance.now() > deadline) left.forEach((pid) => signalProcess(pid, 'SIGKILL'));
  }
  return found;
}

/** Resident memory in bytes; undefined when the process has ended. */
export async function residentBytes(pid: number): Promise<number | undefined> {
  if (process.platform === 'linux') {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const match = /^VmRSS:\s+(\d+) kB$/m.exec(status);
    return match === null ? undefined : Number(match[1]) * 1024;
  }
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.trim() === '' ? undefined : Number(stdout) * 1024;
}
