import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { judgeAftermath } from './aftermath.js';
import { type Fault, Findings } from './finding.js';
import { HttpFuzz } from './http/http-fuzz.js';
import { bisect } from './kafka/bisect.js';
import { KafkaFuzz, type Wreck } from './kafka/kafka-fuzz.js';
import { PARTITIONS } from './kafka/partition.js';
import { blamed } from './kafka/record-oracle.js';
import { recordCaseOf, shown } from './kafka/shown-case.js';
import { type Footprint, footprint, leaks } from './leaks.js';
import { OpenOrders } from './open-orders.js';
import type { CommandLine } from './options.js';
import { Stores } from './stores.js';
import { World } from './world.js';

export interface FuzzOptions extends CommandLine {
  readonly dir: string;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

export interface FuzzResult {
  readonly options: Pick<FuzzOptions, 'seed' | 'cases'>;
  readonly findings: Findings;
  readonly requests: number;
  readonly records: number;
  /** By the broker, of the records. */
  readonly refused: number;
  readonly librdkafka: boolean;
  readonly accepted: number;
  /** ms of sending. */
  readonly spanMs: number;
  /** Service processes that ended by themselves. */
  readonly ended: readonly string[];
}

const PROGRESS_MS = 10_000;
/** Nothing is final any more for so long: it never will be, in ms. */
const SETTLED_MS = 30_000;
const LOOK_EVERY_MS = 500;

/** One system with strangers at both of its doors. */
interface Siege {
  readonly world: World;
  readonly stores: Stores;
  readonly orders: OpenOrders;
  readonly http: HttpFuzz;
  readonly kafka: KafkaFuzz;
}

/** Starts the system, lets the strangers loose on it and looks at what is left. Everything is stopped. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzResult> {
  const { seed, cases } = options;
  const findings = new Findings();
  const { result, wreck } = await besieged(options, findings, 'world', async (siege) => {
    const { world, stores, http, kafka } = siege;
    const before = await footprint(world, stores);
    const began = performance.now();
    await sendAll(siege, options, findings);
    const spanMs = performance.now() - began;
    if (kafka.wreck === undefined) await lookAtWhatIsLeft(siege, before, options, findings);
    const { done: records, refused, hasLibrdkafka: librdkafka, wreck } = kafka;
    const counts = { requests: http.done, records, refused, librdkafka, accepted: http.accepted.length };
    return { wreck, result: { options: { seed, cases }, findings, ...counts, spanMs, ended: [...world.ended] } };
  });
  if (wreck !== undefined) await reportWreck(wreck, options, findings, result.records);
  return result;
}

async function besieged<T>(
  { dir, seed, signal, log }: FuzzOptions,
  findings: Findings,
  name: string,
  work: (siege: Siege) => Promise<T>,
): Promise<T> {
  log('starting the system: one process of each service');
  const world = await World.start({ dir: join(dir, name), signal, log });
  const stores = new Stores(world.databases);
  try {
    const orders = new OpenOrders(stores);
    const common = { world, stores, orders, seed, findings, signal, log };
    const http = await HttpFuzz.open(common);
    const kafka = await KafkaFuzz.open(common);
    try {
      return await work({ world, stores, orders, http, kafka });
    } finally {
      http.stop();
      await kafka.stop();
    }
  } finally {
    await stores.stop();
    await world.stop();
  }
}

async function sendAll({ world, orders, http, kafka }: Siege, options: FuzzOptions, findings: Findings): Promise<void> {
  const { cases, kinds, replay, failFast, log } = options;
  if (replay !== undefined) {
    await (replay.kind === 'http' ? http : kafka).replay(replay);
    return;
  }
  const stop = (): boolean => (failFast && findings.size > 0) || kafka.wreck !== undefined || world.ended.length > 0;
  const each = Math.ceil(cases / kinds.length);
  const began = performance.now();
  const timer = setInterval(() => {
    const seconds = (performance.now() - began) / 1000;
    const done = http.done + kafka.done;
    log(
      `${seconds.toFixed(0).padStart(5)} s  ${http.done} requests, ${kafka.done} records, ${(done / seconds).toFixed(0)} a second, ${orders.size} orders open, ${findings.size} findings`,
    );
  }, PROGRESS_MS);
  const sweep = sweeping({ orders, kafka }, findings, () => kafka.wreck !== undefined);
  try {
    await Promise.all([
      kinds.includes('http') ? http.run(0, each, stop) : undefined,
      kinds.includes('kafka') ? kafka.run(0, each, stop) : undefined,
    ]);
  } finally {
    clearInterval(timer);
    await sweep.stop();
  }
}

/** Looks now and then for orders that should be final by now. */
function sweeping(
  { orders, kafka }: Pick<Siege, 'orders' | 'kafka'>,
  findings: Findings,
  broken: () => boolean,
): { stop: () => Promise<void> } {
  const ending = new AbortController();
  const run = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      if (!broken()) for (const late of await orders.overdue()) await reportLate(late, kafka, findings);
      await sleep(PROGRESS_MS / 2, undefined, { signal: ending.signal }).catch(() => undefined);
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

async function reportLate(
  { id, status, index }: { id: string; status: string | undefined; index: number | undefined },
  kafka: KafkaFuzz,
  findings: Findings,
): Promise<void> {
  if (index !== undefined) return kafka.notFinal(index, status);
  note(
    findings,
    { about: 'an order that was accepted by HTTP', what: `stays ${status ?? 'unknown'}`, happened: id },
    kafka.done,
  );
}

/** Once all is quiet: what was promised, and what a stranger must not leave behind. */
async function lookAtWhatIsLeft(
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
    // One of each kind: ids and figures aside.
    const what = fault.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|\d+(?:\.\d+)?/g, '…').slice(0, 160);
    note(findings, { about: 'what is left', what, happened: fault }, http.done + kafka.done);
  }
}

/** What belongs to no single case. */
function note(findings: Findings, fault: Omit<Fault, 'blamed'>, afterCases: number): void {
  const whole: Fault = { ...fault, blamed: [] };
  if (findings.isNew(whole)) findings.add({ fault: whole, sent: 'all of it', replay: undefined, afterCases });
}

/** Asks again until nothing is wrong any more, or for a while nothing has become right. */
async function settled(look: () => Promise<string[]>, { signal, log }: FuzzOptions): Promise<string[]> {
  let least = Infinity;
  let since = performance.now();
  for (;;) {
    signal.throwIfAborted();
    const faults = await look();
    if (faults.length < least) [least, since] = [faults.length, performance.now()];
    if (faults.length === 0 || performance.now() - since > SETTLED_MS) return faults;
    log(`${faults.length} not right yet, such as: ${faults[0] ?? ''}`);
    await sleep(4 * LOOK_EVERY_MS);
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

/** Finds out which record of a group did it, each time on a system of its own. */
async function reportWreck(wreck: Wreck, options: FuzzOptions, findings: Findings, afterCases: number): Promise<void> {
  const { log, seed } = options;
  log(`${wreck.why}; looking for the record among ${wreck.from} to ${wreck.to - 1}`);
  let turn = 0;
  const fails = ({ from, to }: { from: number; to: number }): Promise<boolean> =>
    besieged({ ...options, seed }, new Findings(), `bisect-${turn++}`, async ({ kafka }) => {
      const found = await kafka.group(from, to, from % PARTITIONS);
      log(`records ${from} to ${to - 1}: ${found?.why ?? 'passed'}`);
      return found !== undefined;
    });
  const { from, to } = options.replay === undefined ? await bisect(wreck, fails) : wreck;
  const single = to - from === 1;
  const one = recordCaseOf(seed, from);
  findings.add({
    fault: {
      about: single ? one.type : `${to - from} records together`,
      what: 'a partition stands still',
      blamed: single ? blamed(one) : [],
      happened: wreck.why,
    },
    sent: shown(one),
    replay: { kind: 'kafka', from, to: to - 1, path: undefined },
    afterCases,
  });
}
