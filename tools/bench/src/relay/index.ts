import type { BenchContext, Benchmark, Count, Findings, Ratio } from '../benchmark.js';
import { Sandbox } from '../sandbox.js';
import { Backlog } from './backlog.js';
import { drainRate, rawRate } from './drain.js';
import { relayLatency } from './latency.js';
import { LogWatcher } from './log-watcher.js';

const ROWS = 150_000;
const BATCH = 1_000;
const AIMS = [
  { processes: 1, aim: 0.65 },
  { processes: 2, aim: 0.75 },
] as const;

export const relay: Benchmark = async (context): Promise<Findings> => {
  const sandbox = await Sandbox.open(context.backing);
  try {
    const { ratios, counts } = await drains(context, sandbox);
    return { ratios, latencies: [await relayLatency(context, sandbox)], counts, evidence: [] };
  } finally {
    await sandbox.close();
  }
};

async function drains(
  { rounds, scale, say }: BenchContext,
  sandbox: Sandbox,
): Promise<{ ratios: Ratio[]; counts: Count[] }> {
  const watcher = await LogWatcher.open(sandbox.kafkaUrl);
  const backlog = await Backlog.prepare(sandbox, Math.ceil((ROWS * scale) / BATCH) * BATCH);
  const yardstickRates: number[] = [];
  const subjects = AIMS.map((aims) => ({ ...aims, rates: [] as number[] }));
  let [inversions, repeats] = [0, 0];
  for (let round = 1; round <= rounds; round += 1) {
    yardstickRates.push(await rawRate(sandbox, backlog, watcher, BATCH));
    for (const { processes, rates } of subjects) {
      const { rate, log } = await drainRate(sandbox, backlog, watcher, processes);
      rates.push(rate);
      inversions += log.inversions;
      repeats += log.repeats;
    }
    const relays = subjects.map(({ processes, rates }) => `${processes} × relay ${Math.round(rates.at(-1) ?? 0)}`);
    say(`round ${round}: kafkajs ${Math.round(yardstickRates.at(-1) ?? 0)}, ${relays.join(', ')} rows/s`);
  }
  await watcher.close();
  const ratios = subjects.map(({ processes, aim, rates }) => ({
    subject: `${processes === 1 ? 'one relay process' : `${processes} relay processes`}, a backlog of ${backlog.rows} rows`,
    yardstick: `kafkajs alone: idempotent producer, acks all, the same records in batches of ${BATCH}`,
    unit: 'rows/s',
    rates,
    yardstickRates,
    aim,
  }));
  const counts = [
    { subject: 'inversions within a key in the log', value: inversions, most: 0 },
    { subject: 'records that are in the log twice', value: repeats, most: 0 },
  ];
  return { ratios, counts };
}
