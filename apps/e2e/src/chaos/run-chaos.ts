import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readFacts, readUnits } from '../facts.js';
import { type Facts, judge } from '../judge.js';
import { brokenBounds } from './bounds.js';
import { Injector } from './injector.js';
import { placeOrders, type Sent } from './load.js';
import { type LogFindings, readLog } from './log-reader.js';
import { Rig } from './rig.js';
import { describeFault, type Fault, type FaultKind, scheduleOf, spanOf } from './schedule.js';

export interface ChaosOptions {
  readonly orders: number;
  readonly faults: number;
  readonly seed: number;
  /** Kinds of faults to draw from. */
  readonly kinds: readonly FaultKind[];
  /** After the last fault: longest session, lease and backoff, then the rest of the work. */
  readonly settleMs: number;
  /** Logs, data and evidence of this run. */
  readonly dir: string;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

export interface ChaosResult {
  readonly options: Pick<ChaosOptions, 'orders' | 'faults' | 'seed'>;
  readonly schedule: readonly Fault[];
  readonly sent: readonly Sent[];
  readonly facts: Facts;
  readonly record: LogFindings;
  /** Processes that ended by themselves and were started again. */
  readonly ended: readonly string[];
  /** ms from the end of load and faults until everything was right, or until the wait was over. */
  readonly settleMs: number;
  /** ms of load and faults. */
  readonly spanMs: number;
  /** One sentence per broken promise. */
  readonly violations: readonly string[];
}

const LOOK_EVERY_MS = 1_000;

/** Starts the system, lets load and faults loose on it, waits until it is quiet and judges. Everything is stopped. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { orders, faults, seed, kinds, dir, signal, log } = options;
  const schedule = scheduleOf({ seed, faults, kinds });
  await writeFile(join(dir, 'schedule.json'), JSON.stringify(schedule, undefined, 1));
  log(`starting the system: two processes of each service`);
  const rig = await Rig.start({ dir, seed, signal, log });
  try {
    const seeded = await readUnits(rig.databases.orders);
    const shop = await rig.shop('chaos-shop');
    const injector = new Injector(rig);
    const began = performance.now();
    const load = placeOrders({ orders, spanMs: spanOf(schedule), seed, shop, outside: rig.outside, signal });
    const [sent] = await Promise.all([load, strikeAll(injector, schedule, { signal, log })]);
    const spanMs = performance.now() - began;
    await writeFile(join(dir, 'ledger.json'), JSON.stringify({ sent, planted: [...injector.planted] }, undefined, 1));
    log(`${sent.length} orders accepted in ${seconds(spanMs)}; waiting until all is final`);
    const settled = await settle(rig, { sent, seeded, planted: injector.planted, options });
    const record = await readLog(rig.backing.kafka.url);
    const violations = [...settled.violations, ...record.inversions];
    await writeFile(join(dir, 'facts.json'), JSON.stringify({ ...settled.facts, violations }, undefined, 1));
    const { ended } = rig;
    return { options: { orders, faults, seed }, schedule, sent, record, ended, spanMs, ...settled, violations };
  } finally {
    await rig.stop();
  }
}

async function strikeAll(
  injector: Injector,
  schedule: readonly Fault[],
  { signal, log }: Pick<ChaosOptions, 'signal' | 'log'>,
): Promise<void> {
  const began = performance.now();
  await Promise.all(
    schedule.map(async (fault) => {
      await sleep(Math.max(0, began + fault.at - performance.now()), undefined, { signal });
      log(describeFault(fault));
      await injector.strike(fault);
    }),
  );
}

interface Wanted {
  readonly sent: readonly Sent[];
  readonly seeded: ReadonlyMap<string, number>;
  readonly planted: ReadonlySet<string>;
  readonly options: Pick<ChaosOptions, 'settleMs' | 'signal'>;
}

/** Looks until nothing is wrong any more; what is still wrong when the wait is over is a violation. */
async function settle(rig: Rig, { sent, seeded, planted, options }: Wanted) {
  const { signal } = options;
  const began = performance.now();
  for (;;) {
    signal.throwIfAborted();
    const facts = await readFacts({
      databases: rig.databases,
      providerUrl: rig.system.tool('provider').url,
      mailDir: rig.system.folders.mails,
      accepted: sent.map(({ orderId }) => orderId),
      seeded,
    });
    const isPlanted = (letter: string): boolean => [...planted].some((id) => letter.includes(id));
    const unplanned = { ...facts, deadLetters: facts.deadLetters.filter((letter) => !isPlanted(letter)) };
    const vanished = [...planted].filter((id) => !facts.deadLetters.some((letter) => letter.includes(id)));
    const violations = [
      ...judge(unplanned),
      ...vanished.map((id) => `the poison ${id} is no dead letter`),
      ...(await brokenBounds(rig.databases)),
      ...(await rig.notReady()),
    ];
    const settleMs = performance.now() - began;
    if (violations.length === 0 || settleMs > options.settleMs) return { facts, violations, settleMs };
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
