import type { BenchContext, Benchmark, Count, Findings, Ratio } from '../benchmark.js';
import { Sandbox } from '../sandbox.js';
import { Backlog } from './backlog.js';
import { drainRate, rawRate } from './drain.js';
import { largeBacklog } from './large-backlog.js';
import { relayLatency } from './latency.js';
import { LogWatcher } from './log-watcher.js';

const ROWS = 150_000;
const BATCH = 1_000;
const YARDSTICK = `idempotent producer, acks all, batches of ${BATCH}`;
const AIMS = [
  { processes: 1, aim: 0.9 },
  { processes: 2, aim: 1.1 },
] as const;

export const relay: Benchmark = async (context): Promise<Findings> => {
  const sandbox = await Sandbox.open(context.backing);
  const watcher = await LogWatcher.open(sandbox.kafkaUrl);
  try {
    const backlog = await Backlog.prepare(sandbox, Math.ceil((ROWS * context.scale) / BATCH) * BATCH);
    const { ratios, counts } = await drains(context, sandbox, backlog, watcher);
    const { ratio, evidence } = await largeBacklog(context, sandbox, backlog, watcher);
    const latency = await relayLatency(context, sandbox);
    return { ratios: [...ratios, ratio], latencies: [latency], counts, evidence };
  } finally {
    await watcher.close();
    await sandbox.close();
  }
};

async function drains(
  { rounds, say }: BenchContext,
  sandbox: Sandbox,
  backlog: Backlog,
  watcher: LogWatcher,
): Promise<{ ratios: Ratio[]; counts: Count[] }> {
  const yardstickRates: number[] = [];
  const bareRates: number[] = [];
  const subjects = AIMS.map((aims) => ({ ...aims, rates: [] as number[] }));
  let [inversions, repeats] = [0, 0];
  for (let round = 1; round <= rounds; round += 1) {
    const messages = await backlog.messages(BATCH);
    yardstickRates.push(await rawRate(sandbox, messages, watcher, backlog.rows));
    const bare = messages.map((message) => ({ ...message, headers: {} }));
    bareRates.push(await rawRate(sandbox, bare, watcher, backlog.rows));
    for (const { processes, rates } of subjects) {
      const { rate, log } = await drainRate(sandbox, backlog, watcher, processes);
      rates.push(rate);
      inversions += log.inversions;
      repeats += log.repeats;
    }
    const [raw, without] = [yardstickRates.at(-1) ?? NaN, bareRates.at(-1) ?? NaN];
    const relays = subjects.map(({ processes, rates }) => `${processes} × relay ${Math.round(rates.at(-1) ?? NaN)}`);
    say(
      `round ${round}: kafkajs ${Math.round(raw)}, without headers ${Math.round(without)}, ${relays.join(', ')} rows/s`,
    );
  }
  const ratios = subjects.flatMap((subject) => ratiosOf(subject, backlog.rows, { yardstickRates, bareRates }));
  const counts = [
    { subject: 'inversions within a key in the log', value: inversions, most: 0 },
    { subject: 'records that are in the log twice', value: repeats, most: 0 },
  ];
  return { ratios, counts };
}

function ratiosOf(
  { processes, aim, rates }: { processes: number; aim: number; rates: readonly number[] },
  rows: number,
  { yardstickRates, bareRates }: { yardstickRates: readonly number[]; bareRates: readonly number[] },
): Ratio[] {
  const subject = `${processes === 1 ? 'one relay process' : `${processes} relay processes`}, ${rows} rows`;
  const common = { subject, unit: 'rows/s', rates };
  return [
    { ...common, yardstick: `kafkajs alone, the same records: ${YARDSTICK}`, yardstickRates, aim },
    { ...common, yardstick: 'kafkajs alone, the same without their nine headers', yardstickRates: bareRates },
  ];
}
