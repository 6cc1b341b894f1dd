import { readFile } from 'node:fs/promises';
import type { Backing } from '@dozen/backing';
import type { System } from '@dozen/demo';
import { cpuSeconds, machineCpuSeconds } from '../processes.js';

/** CPU in seconds, by who has used it. */
export type CpuByOwner = ReadonlyMap<string, number>;

export const MACHINE = 'the whole machine';
const CLIENT = 'the client of this measurement';
const TOOLS = 'payment provider, mail server, identity';

/** What everybody has used so far. Backends of PostgreSQL that have ended are in nobody's sum but the machine's. */
export async function cpuByOwner(backing: Backing, system: System): Promise<CpuByOwner> {
  const pids: readonly (readonly [string, readonly number[]])[] = [
    ...system.services.map(({ name, pid }) => [name, pid === undefined ? [] : [pid]] as const),
    [TOOLS, system.tools.flatMap(({ pid }) => pid ?? [])],
    ['PostgreSQL', await treeOf(backing.postgres.pid)],
    ['Kafka', await treeOf(backing.kafka.pid)],
    [CLIENT, [process.pid]],
  ];
  const spent = await Promise.all(pids.map(async ([owner, of]) => [owner, await sumOf(of)] as const));
  return new Map([...spent, [MACHINE, await machineCpuSeconds()]]);
}

async function treeOf(pid: number | undefined): Promise<number[]> {
  if (pid === undefined) return [];
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return [pid, ...(await Promise.all(children.split(' ').filter(Boolean).map(Number).map(treeOf))).flat()];
}

async function sumOf(pids: readonly number[]): Promise<number> {
  const all = await Promise.all(pids.map((pid) => cpuSeconds(pid).catch(() => 0)));
  return all.reduce((sum, seconds) => sum + seconds, 0);
}
