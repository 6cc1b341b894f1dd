import { Findings } from './finding.js';
import { bisect } from './kafka/bisect.js';
import type { Wreck } from './kafka/kafka-fuzz.js';
import { PARTITIONS } from './kafka/partition.js';
import { blamed } from './kafka/record-oracle.js';
import { recordCaseOf, shown } from './kafka/shown-case.js';
import { footprint } from './leaks.js';
import { lookAtWhatIsLeft, sweeping } from './left-behind.js';
import { besieged, type FuzzOptions, type Siege } from './siege.js';

export interface FuzzResult {
  readonly options: Pick<FuzzOptions, 'seed' | 'cases'>;
  readonly findings: Findings;
  readonly requests: number;
  readonly records: number;
  /** How many records the broker refused. */
  readonly refused: number;
  readonly librdkafka: boolean;
  readonly accepted: number;
  /** How often the gateway was not ready for a moment. */
  readonly unready: number;
  /** ms of sending. */
  readonly spanMs: number;
  /** Service processes that ended by themselves. */
  readonly ended: readonly string[];
}

const PROGRESS_MS = 10_000;

/** Starts the system, runs the HTTP and Kafka fuzz against it and checks what is left. Everything is stopped. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzResult> {
  const { seed, cases } = options;
  const findings = new Findings();
  /** What it was run for is found. */
  const isOver = (): boolean => options.failFast && findings.size > 0;
  const { result, wreck } = await besieged(options, findings, 'world', async (siege) => {
    const { world, stores, http, kafka } = siege;
    const before = await footprint(world, stores);
    const began = performance.now();
    await sendAll(siege, options, findings);
    const spanMs = performance.now() - began;
    if (kafka.wreck === undefined && !isOver()) await lookAtWhatIsLeft(siege, before, options, findings);
    const { done: records, refused, hasLibrdkafka: librdkafka, wreck } = kafka;
    const { done: requests, unready } = http;
    const counts = { requests, records, refused, librdkafka, accepted: http.accepted.length, unready };
    return { wreck, result: { options: { seed, cases }, findings, ...counts, spanMs, ended: [...world.ended] } };
  });
  if (wreck !== undefined && !isOver()) await reportWreck(wreck, options, findings, result.records);
  return result;
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
