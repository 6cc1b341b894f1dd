import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceName } from '@dozen/manifest';
import { readUnits } from '../facts.js';
import { MailFolder } from '../mail-folder.js';
import { Injector } from './injector.js';
import { placeOrders } from './load.js';
import { Progress } from './progress.js';
import { Rig } from './rig.js';
import { describeFault, type Fault, type FaultKind, scheduleOf, spanOf } from './schedule.js';
import { Judge, type Ledger, type Verdict } from './verdict.js';

export interface ChaosOptions {
  readonly orders: number;
  readonly faults: number;
  readonly seed: number;
  /** Kinds of faults to draw from. */
  readonly kinds: readonly FaultKind[];
  /** Services to strike. */
  readonly services: readonly ServiceName[];
  /** How long it may take until all is right after load and faults, in ms. */
  readonly settleMs: number;
  /** Wait no longer once something is broken that no waiting mends. */
  readonly failFast: boolean;
  /** Logs, data and evidence of this run. */
  readonly dir: string;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

export interface ChaosResult extends Verdict {
  readonly options: Pick<ChaosOptions, 'orders' | 'faults' | 'seed'>;
  readonly schedule: readonly Fault[];
  readonly ledger: Ledger;
  /** Processes that ended by themselves and were started again. */
  readonly ended: readonly string[];
  /** Processes that were restarted because their /livez asked for it. */
  readonly restarted: readonly string[];
  /** ms from the end of load and faults until everything was right, or until the wait was over. */
  readonly settleMs: number;
  /** ms of load and faults. */
  readonly spanMs: number;
}

const LOOK_EVERY_MS = 1_000;

/** Starts the system, lets load and faults loose on it, waits until it is quiet and judges. Everything is stopped. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { orders, faults, seed, dir, signal, log } = options;
  const schedule = scheduleOf(options);
  const evidence = (name: string, what: unknown): Promise<void> =>
    writeFile(join(dir, `${name}.json`), JSON.stringify(what, undefined, 1));
  await evidence('schedule', schedule);
  log(`starting the system: two processes of each service`);
  const rig = await Rig.start({ dir, seed, signal, log });
  try {
    const seeded = await readUnits(rig.databases.orders);
    const began = performance.now();
    const ledger = await loose(rig, schedule, options);
    const spanMs = performance.now() - began;
    await evidence('ledger', ledger);
    log(`${ledger.sent.length} orders accepted in ${seconds(spanMs)}; waiting until all is final`);
    const judge = new Judge({ rig, ledger, seeded, mails: new MailFolder(rig.system.folders.mails) });
    const settled = await settle(judge, options);
    await evidence('facts', { ...settled.facts, violations: settled.violations });
    const { ended, restarted } = rig;
    return { options: { orders, faults, seed }, schedule, ledger, ended, restarted, spanMs, ...settled };
  } finally {
    await rig.stop();
  }
}

/** Load and faults together, until both are through. */
async function loose(rig: Rig, schedule: readonly Fault[], options: ChaosOptions): Promise<Ledger> {
  const { orders, seed, signal, log } = options;
  const injector = new Injector(rig);
  const progress = new Progress(log);
  const shop = await rig.shop('chaos-shop');
  const spanMs = spanOf(schedule, orders);
  const [load, undone] = await Promise.all([
    placeOrders({ orders, spanMs, seed, shop, outside: rig.outside, signal, onProgress: (at) => progress.at(at) }),
    strikeAll(injector, schedule, { signal, log }),
  ]);
  const { planted, overtaking } = injector;
  return { ...load, sent: [...load.sent, ...injector.sent], planted, overtaking, undone };
}

/** Returns a sentence for each fault that could not be carried out: an operator who cannot decide is one. */
async function strikeAll(
  injector: Injector,
  schedule: readonly Fault[],
  { signal, log }: Pick<ChaosOptions, 'signal' | 'log'>,
): Promise<string[]> {
  const began = performance.now();
  const undone: string[] = [];
  await Promise.all(
    schedule.map(async (fault) => {
      await sleep(Math.max(0, began + fault.at - performance.now()), undefined, { signal });
      log(describeFault(fault));
      try {
        await injector.strike(fault);
      } catch (error) {
        signal.throwIfAborted();
        undone.push(`${fault.kind} at ${seconds(fault.at)}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }),
  );
  return undone;
}

/** Looks until nothing is wrong any more; what is still wrong when the wait is over is a violation. */
async function settle(
  judge: Judge,
  { settleMs, failFast, signal, log }: Pick<ChaosOptions, 'settleMs' | 'failFast' | 'signal' | 'log'>,
): Promise<Verdict & { readonly settleMs: number }> {
  const began = performance.now();
  for (;;) {
    signal.throwIfAborted();
    const looked = performance.now();
    const verdict = await judge.look(looked - began > settleMs);
    const now = performance.now();
    const over = looked - began > settleMs || (failFast && verdict.hopeless);
    if (verdict.violations.length === 0 || over) return { ...verdict, settleMs: now - began };
    log(`${seconds(now - began)} later: ${verdict.violations.length} not right yet, such as: ${verdict.violations[0]}`);
    // A look at thousands of orders takes the time that they need themselves.
    await sleep(Math.max(LOOK_EVERY_MS, 2 * (now - looked)), undefined, { signal });
  }
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
