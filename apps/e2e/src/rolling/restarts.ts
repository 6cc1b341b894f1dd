import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ServiceProcess, type System } from '@dozen/demo';
import type { ServiceName } from '@dozen/manifest';
import { GroupWatch } from './groups.js';
import type { Targets } from './targets.js';

const ROUNDS = 3;
/** Between two restarts, so that each meets a system under way. */
const PAUSE_MS = 500;
const TIMEOUT_MS = 30_000;

export interface Restart {
  readonly process: string;
  /** Epoch ms of SIGTERM, and of the rebalance that the new member causes. */
  readonly stoppedAt: number;
  readonly joinsAt: number;
  /** `exit 0` or what it was instead. */
  readonly end: string;
  /** From SIGTERM to the end of the process. */
  readonly drainMs: number;
  /** From the old member's stop of fetching until its partitions were others'. */
  readonly movedMs: number;
  /** From the rebalance that the new member causes until every partition is somebody's. */
  readonly joinedMs: number;
  readonly readyMs: number;
}

export interface Rolling {
  readonly system: System;
  readonly services: readonly ServiceName[];
  /** The gateways, as the balancers have them. */
  readonly targets: Targets;
  readonly kafkaUrl: string;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** Restarts every process of these services, one at a time, the next when the last is ready and in its group. */
export async function restartAll(rolling: Rolling): Promise<Restart[]> {
  const { system, services, signal, log } = rolling;
  const restarts: Restart[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const service of services) {
      for (const process of system.instancesOf(service)) {
        signal.throwIfAborted();
        const restart = await restartOne(process, rolling);
        restarts.push(restart);
        log(`round ${round}: ${JSON.stringify(restart)}`);
        await sleep(PAUSE_MS, undefined, { signal });
      }
    }
  }
  return restarts;
}

async function restartOne(process: ServiceProcess, { system, targets, kafkaUrl }: Rolling): Promise<Restart> {
  const members = system.instancesOf(process.service).length;
  const group = await GroupWatch.start(kafkaUrl, process.service);
  try {
    const stoppedAt = Date.now();
    const exit = await process.stop();
    const drainMs = Date.now() - stoppedAt;
    const leftAt = await fetchingStopped(process.logFile);
    const moved = await group.settled({ since: leftAt, members: members - 1, withinMs: TIMEOUT_MS });
    const startedAt = Date.now();
    process.start();
    const readyMs = await process.waitReady();
    const joined = await group.settled({ since: startedAt, members, withinMs: TIMEOUT_MS });
    const joinsAt = group.views.find(({ at, settled }) => at >= startedAt && !settled)?.at ?? joined;
    while (process.service === 'gateway' && !targets.has(process.url)) await sleep(20);
    return {
      process: process.name,
      stoppedAt,
      joinsAt,
      end: exit?.signal ?? `exit ${exit?.code ?? 'unknown'}`,
      drainMs,
      movedMs: moved - leftAt,
      joinedMs: joined - joinsAt,
      readyMs,
    };
  } finally {
    await group.stop();
  }
}

/** Epoch ms when the process that ended last began to stop its consumer, by its own log. */
async function fetchingStopped(logFile: string): Promise<number> {
  const lines = (await readFile(logFile, 'utf8')).trimEnd().split('\n').reverse();
  const line = lines.find((text) => text.includes('"consumers/kafka consumer"'));
  if (line === undefined) throw new Error(`${logFile} does not say when the consumer stopped`);
  const { time, ms } = JSON.parse(line) as { time: string; ms: number };
  return Date.parse(time) - ms;
}
