import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSystem, type System } from '@dozen/demo';
import type { BenchContext, Benchmark, Findings } from '../benchmark.js';
import { latencyOf } from '../measures.js';
import { cpuSeconds } from '../processes.js';
import { Confirmations } from '../system/confirmations.js';
import { load } from '../system/load.js';
import { doorsOf, Shop } from '../system/shop.js';
import { Collector } from './collector.js';

/** Half of the rate that two cores sustain: nothing queues, so that latencies are those of the work. */
const PER_SECOND = 20;
const WARM_UP_S = 10;
const SECONDS = 40;

interface Variant {
  readonly name: string;
  readonly env: (collector: Collector) => Record<string, string>;
  /** The least that is wanted of its orders per second of CPU ÷ those without an endpoint. */
  readonly aim?: number;
}

const OFF: Variant = { name: 'off', env: () => ({}) };
/** Metrics six times as often as by default: in a minute's measurement their export counts, too. */
const exporting = ({ url }: Collector): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_METRIC_EXPORT_INTERVAL: '10000',
});
const ON: readonly Variant[] = [
  { name: 'spans and metrics', env: exporting, aim: 0.95 },
  {
    name: 'spans of a tenth of the traces, and metrics',
    env: (collector) => ({
      ...exporting(collector),
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.1',
    }),
  },
  { name: 'metrics alone', env: (collector) => ({ ...exporting(collector), OTEL_TRACES_EXPORTER: 'none' }) },
];

interface Measured {
  readonly ordersPerCpuSecond: number;
  readonly latencies: readonly number[];
  /** Bytes per order. */
  readonly exported: number;
}

/** What the four services spend on an order, with and without an exporter; each in a system of its own, in turns. */
export const telemetry: Benchmark = async (context): Promise<Findings> => {
  const all = new Map<Variant, Measured[]>([OFF, ...ON].map((variant) => [variant, []]));
  for (let round = 1; round <= context.rounds; round += 1) {
    for (const [variant, measured] of all) {
      const found = await measure(context, variant);
      measured.push(found);
      const ms = (1000 / found.ordersPerCpuSecond).toFixed(1);
      context.say(`round ${round}: ${variant.name}: ${ms} ms an order, ${Math.round(found.exported)} bytes exported`);
    }
  }
  const of = (variant: Variant): readonly Measured[] => all.get(variant) ?? [];
  return {
    ratios: ON.map((variant) => ({
      subject: `orders per second of CPU of the services, ${variant.name}`,
      yardstick: 'the same without an endpoint',
      unit: 'orders/s',
      rates: of(variant).map(({ ordersPerCpuSecond }) => ordersPerCpuSecond),
      yardstickRates: of(OFF).map(({ ordersPerCpuSecond }) => ordersPerCpuSecond),
      ...(variant.aim !== undefined && { aim: variant.aim }),
    })),
    latencies: [OFF, ...ON].map((variant) =>
      latencyOf(
        `POST → confirmed, at ${PER_SECOND}/s, ${variant.name}`,
        of(variant).map(({ latencies }) => latencies),
      ),
    ),
    counts: [],
    evidence: [],
  };
};

async function measure({ backing, scale, signal }: BenchContext, { env }: Variant): Promise<Measured> {
  const dir = await mkdtemp(join(tmpdir(), 'dozen-bench-telemetry-'));
  const collector = await Collector.start();
  try {
    const all = { LOG_LEVEL: 'warn', ...env(collector) };
    const system = await startSystem({ dir, backing, signal, env: { all } });
    const confirmations = await Confirmations.watch(backing.postgres.url('gateway'));
    try {
      const client = { shop: await Shop.open(doorsOf(system)), watch: confirmations };
      await load(client, { perSecond: PER_SECOND, seconds: WARM_UP_S * scale });
      const [before, exported] = [await spent(system), collector.bytes];
      const { latencies, orders } = await load(client, { perSecond: PER_SECOND, seconds: SECONDS * scale });
      return {
        ordersPerCpuSecond: orders / ((await spent(system)) - before),
        latencies,
        exported: (collector.bytes - exported) / orders,
      };
    } finally {
      await confirmations.stop();
      await system.stop();
    }
  } finally {
    await collector.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

async function spent({ services }: System): Promise<number> {
  const all = await Promise.all(services.map(({ pid }) => cpuSeconds(pid ?? NaN)));
  return all.reduce((sum, seconds) => sum + seconds, 0);
}
