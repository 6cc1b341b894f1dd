import { setTimeout as sleep } from 'node:timers/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSystem, type System } from '@dozen/demo';
import { SERVICE_NAMES } from '@dozen/manifest';
import type { Backing } from '@dozen/backing';
import type { Benchmark, Count, Findings } from '../benchmark.js';
import { Child } from '../children/child.js';
import type { ConnectedInput } from '../children/connected-nest-role.js';
import { latencyOf } from '../measures.js';
import { treeBytes } from '../processes.js';
import { Sandbox } from '../sandbox.js';

const STARTS = 5;
const IDLE_MS = 30_000;
/** The guide's ten seconds, and our own. */
const AIM = { p50: 1_000, p99: 10_000 };
const MB = 1_000_000;
const SERVICE_MB = 130;
const DEMO_MB = 1_200;
const MOST_PERCENT = 115;

/** How soon a process is ready, what it holds while nothing happens, and what all of the demo holds. */
export const start: Benchmark = async ({ backing, scale, signal, say }): Promise<Findings> => {
  const dir = await mkdtemp(join(tmpdir(), 'dozen-bench-start-'));
  const cache = join(dir, 'compile-cache');
  const env = { all: { LOG_LEVEL: 'warn', NODE_COMPILE_CACHE: cache } };
  const system = await startSystem({ dir: join(dir, 'system'), backing, signal, env });
  try {
    await sleep(IDLE_MS * scale, undefined, { signal });
    const connected = await connectedBytes(backing, IDLE_MS * scale);
    const held = await memory(system, backing);
    for (const { subject, value } of held) say(`${subject}: ${Math.round(value)}`);
    const [cold, warm] = [
      await restarts(system, () => rm(cache, { recursive: true, force: true })),
      await restarts(system),
    ];
    const empty = await emptyStarts();
    return {
      rounds: 1,
      ratios: [...warm].map(([name, times]) => ({
        subject: `a start of ${name}`,
        yardstick: 'a start of an empty Nest application on Fastify',
        unit: 'starts/s',
        rates: times.map((ms) => 1000 / ms),
        yardstickRates: empty.times.map((ms) => 1000 / ms),
      })),
      latencies: [
        ...[...warm].map(([name, times]) => latencyOf(`process → ready, ${name}`, [times], AIM)),
        ...[...cold].map(([name, times]) => latencyOf(`the same without compiled code on disk, ${name}`, [times])),
      ],
      counts: [
        ...held,
        count('MB of an empty Nest application with TypeORM and kafkajs connected, for comparison', connected / MB),
        count(
          '% of that which a service holds when idle, on average',
          (100 * meanOf(held)) / (connected / MB),
          MOST_PERCENT,
        ),
        count('MB of an empty Nest application on Fastify, for comparison', empty.bytes / MB),
      ],
      evidence: [],
    };
  } finally {
    await system.stop();
    await rm(dir, { recursive: true, force: true });
  }
};

/** ms from a start of each service until it was ready; `before` each one. */
async function restarts(
  system: System,
  before = (): Promise<void> => Promise.resolve(),
): Promise<Map<string, number[]>> {
  const all = new Map<string, number[]>(SERVICE_NAMES.map((name) => [name, []]));
  for (let n = 0; n < STARTS; n += 1) {
    for (const name of SERVICE_NAMES) {
      await before();
      await system.service(name).restart();
      all.get(name)?.push(await system.service(name).waitReady());
    }
  }
  return all;
}

async function memory(system: System, backing: Backing): Promise<Count[]> {
  const services = await Promise.all(
    system.services.map(async (service) =>
      count(`MB that ${service.name} holds when idle`, ((await service.rss()) ?? NaN) / MB, SERVICE_MB),
    ),
  );
  const pids = [...system.processes, backing.postgres, backing.kafka].map(({ pid }) => pid);
  if (pids.includes(undefined)) throw new Error('the servers must be embedded ones: their memory counts');
  const all = await Promise.all(pids.map((pid) => treeBytes(pid ?? 0)));
  const sum = all.reduce((total, bytes) => total + bytes, 0);
  return [...services, count('MB of the whole demo: services, tools, PostgreSQL, Kafka', sum / MB, DEMO_MB)];
}

/** What a user's application holds that is connected to both servers and does nothing. */
async function connectedBytes(backing: Backing, idleMs: number): Promise<number> {
  const sandbox = await Sandbox.open(backing);
  try {
    const { name: topic } = await sandbox.topic('connected');
    const input: ConnectedInput = { databaseUrl: sandbox.databaseUrl, kafkaUrl: sandbox.kafkaUrl, topic, idleMs };
    return await (
      await Child.start<number>('connected-nest-role', input)
    ).done;
  } finally {
    await sandbox.close();
  }
}

/** Of the services alone: the last row is all of the demo. */
function meanOf(held: readonly Count[]): number {
  const services = held.slice(0, SERVICE_NAMES.length);
  return services.reduce((sum, { value }) => sum + value, 0) / services.length;
}

async function emptyStarts(): Promise<{ times: number[]; bytes: number }> {
  const times: number[] = [];
  let bytes = NaN;
  for (let n = 0; n < STARTS; n += 1) {
    const began = performance.now();
    const child = await Child.start<number>('empty-nest-role', {});
    times.push(performance.now() - began);
    bytes = await child.stop();
  }
  return { times, bytes };
}

function count(subject: string, value: number, most?: number): Count {
  return { subject, value, ...(most !== undefined && { most }) };
}
