import type { Backing } from '@dozen/backing';
import type { System } from '@dozen/demo';
import { cpuSeconds, machineCpuSeconds, treeCpuSeconds } from '../processes.js';

/** CPU in seconds, by who has used it. */
export type CpuByOwner = ReadonlyMap<string, number>;

export const MACHINE = 'the whole machine';
const CLIENT = 'the client of this measurement';
const TOOLS = 'payment provider, mail server, identity';

/** What everybody has used so far. */
export async function cpuByOwner(backing: Backing, system: System): Promise<CpuByOwner> {
  const pids: readonly (readonly [string, readonly (number | undefined)[]])[] = [
    ...system.services.map(({ name, pid }) => [name, [pid]] as const),
    [TOOLS, system.tools.map(({ pid }) => pid)],
    ['PostgreSQL', [backing.postgres.pid]],
    ['Kafka', [backing.kafka.pid]],
    [CLIENT, [process.pid]],
  ];
  const spent = await Promise.all(pids.map(async ([owner, of]) => [owner, await sumOf(of)] as const));
  return new Map([...spent, [MACHINE, await machineCpuSeconds()]]);
}

/** The CPU time of the processes and of those that they started. The client started the others, so it counts alone. */
async function sumOf(pids: readonly (number | undefined)[]): Promise<number> {
  const known = pids.filter((pid) => pid !== undefined);
  const all = await Promise.all(known.map((pid) => (pid === process.pid ? cpuSeconds(pid) : treeCpuSeconds(pid))));
  return all.reduce((sum, seconds) => sum + seconds, 0);
}
