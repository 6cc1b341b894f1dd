import { setTimeout as sleep } from 'node:timers/promises';
import { pause } from '@dozen/kernel';
import { judgeAftermath } from './aftermath.js';
import type { Fault, Findings } from './finding.js';
import { type Footprint, footprint, leaks } from './leaks.js';
import type { OpenOrder } from './open-orders.js';
import type { FuzzOptions, Siege } from './siege.js';

/** Nothing is final any more for so long: it never will be, in ms. */
const SETTLED_MS = 30_000;
const LOOK_EVERY_MS = 500;
const SWEEP_EVERY_MS = 5_000;

/** Looks now and then for orders that should be final by now. */
export function sweeping(
  { orders, kafka }: Pick<Siege, 'orders' | 'kafka'>,
  findings: Findings,
  broken: () => boolean,
): { stop: () => Promise<void> } {
  const ending = new AbortController();
  const run = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      if (!broken()) for (const late of await orders.overdue()) await reportLate(late, kafka, findings);
      await pause(SWEEP_EVERY_MS, ending.signal);
    }
  };
  const running = run();
  return {
    stop: () => {
      ending.abort();
      return running;
    },
  };
}

async function reportLate({ id, status, index }: OpenOrder, kafka: Siege['kafka'], findings: Findings): Promise<void> {
  if (index !== undefined) {
    await kafka.notFinal(index, status);
    return;
  }
  note(
    findings,
    { about: 'an order that was accepted by HTTP', what: `stays ${status ?? 'unknown'}`, happened: id },
    kafka.done,
  );
}

/** Once all is quiet: checks the promises, and that no external client or producer left anything behind. */
export async function lookAtWhatIsLeft(
  siege: Siege,
  before: Footprint,
  options: FuzzOptions,
  findings: Findings,
): Promise<void> {
  const { world, stores, http, kafka } = siege;
  await settle(siege, options, findings);
  const promised = [...http.accepted, ...kafka.canaries];
  const faults = [
    ...world.ended.map((name) => `${name} ended by itself`),
    ...(await settled(
      () => judgeAftermath({ world, stores, promised, isPlanted: (place) => kafka.isPlanted(place) }),
      options,
    )),
    ...(await settled(async () => leaks(before, await footprint(world, stores)), options)),
  ];
  for (const fault of faults) {
    // Faults that differ in ids and figures alone count as one.
    const what = fault.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|\d+(?:\.\d+)?/g, '…').slice(0, 160);
    note(findings, { about: 'what is left', what, happened: fault }, http.done + kafka.done);
  }
}

/** Waits until all is final, or nothing more is becoming so. */
async function settle({ orders, kafka, http }: Siege, { signal, log }: FuzzOptions, findings: Findings): Promise<void> {
  let least = Infinity;
  let since = performance.now();
  for (;;) {
    signal.throwIfAborted();
    const open = await orders.unfinished();
    if (open === 0) return;
    if (open < least) [least, since] = [open, performance.now()];
    if (performance.now() - since > SETTLED_MS) break;
    await sleep(LOOK_EVERY_MS);
  }
  log(`${least} orders stay as they are, after ${http.done + kafka.done} cases`);
  for (const late of await orders.overdue(0)) await reportLate(late, kafka, findings);
}

/** Asks again until nothing is wrong any more, or for a while nothing has become right. */
async function settled(look: () => Promise<string[]>, { signal, log }: FuzzOptions): Promise<string[]> {
  let least = Infinity;
  let since = performance.now();
  for (;;) {
    signal.throwIfAborted();
    const began = performance.now();
    const faults = await look();
    const lookMs = performance.now() - began;
    if (faults.length < least) [least, since] = [faults.length, performance.now()];
    if (faults.length === 0 || performance.now() - since > SETTLED_MS) return faults;
    log(`${faults.length} not right yet, such as: ${faults[0] ?? ''}`);
    // To judge tens of thousands of orders takes a processor: most of the time belongs to the system that is to finish.
    await sleep(Math.max(4 * LOOK_EVERY_MS, 4 * lookMs));
  }
}

/** What belongs to no single case. */
function note(findings: Findings, fault: Omit<Fault, 'blamed'>, afterCases: number): void {
  const whole: Fault = { ...fault, blamed: [] };
  if (findings.isNew(whole)) findings.add({ fault: whole, sent: 'all of it', replay: undefined, afterCases });
}
