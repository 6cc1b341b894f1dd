import { readFile } from 'node:fs/promises';

/**
 * What a process and all that it started hold, in bytes; pages that they share count once (PSS, which PostgreSQL's buffers
 * need). Linux only.
 */
export async function treeBytes(pid: number): Promise<number> {
  const [memory, started] = await Promise.all([
    readFile(`/proc/${pid}/smaps_rollup`, 'utf8'),
    readFile(`/proc/${pid}/task/${pid}/children`, 'utf8'),
  ]);
  const own = Number(/^Pss:\s+(\d+) kB$/m.exec(memory)?.[1]) * 1024;
  const children = await Promise.all(started.split(' ').filter(Boolean).map(Number).map(treeBytes));
  return children.reduce((sum, bytes) => sum + bytes, own);
}

/** The kernel counts in hundredths of a second, whatever its own clock. */
const TICKS_PER_S = 100;

/** Processor time that a process has used so far, in seconds. Linux only. */
export async function cpuSeconds(pid: number): Promise<number> {
  const { own } = await timesOf(pid);
  return own;
}

/** The same of a process and all that it started, of those that have ended as well. */
export async function treeCpuSeconds(pid: number): Promise<number> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  const living = children.split(' ').filter(Boolean).map(Number);
  // One that ends meanwhile is in its parent's sum the next time.
  const below = await Promise.all(living.map((child) => treeCpuSeconds(child).catch(() => 0)));
  const { own, ended } = await timesOf(pid);
  return below.reduce((sum, seconds) => sum + seconds, own + ended);
}

async function timesOf(pid: number): Promise<{ own: number; ended: number }> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name, in brackets, may hold anything; user and system time are the 12th and the 13th after it, then those of children.
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 15)
    .map(Number);
  return { own: (user + system) / TICKS_PER_S, ended: (endedUser + endedSystem) / TICKS_PER_S };
}

/** Processor time that the machine has spent on anything so far, in seconds, of all cores. Linux only. */
export async function machineCpuSeconds(): Promise<number> {
  const [first = ''] = (await readFile('/proc/stat', 'utf8')).split('\n');
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = first.trim().split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softirq) / TICKS_PER_S;
}
