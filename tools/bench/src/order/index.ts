import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSystem } from '@dozen/demo';
import type { Benchmark, Evidence, Findings } from '../benchmark.js';
import { load } from '../system/load.js';
import { OrderStreams, OVER } from '../system/order-streams.js';
import { doorsOf, Shop } from '../system/shop.js';
import { type CpuByOwner, cpuByOwner, MACHINE } from './owners.js';
import { type ServerWork, StatementMeter } from './statements.js';

/** The rates go from one at which everything idles most of the time to one at which hardly anything does. */
const RATES = [5, 15, 40];
const WARM_UP = { perSecond: 40, seconds: 20 };
const SECONDS = 20;
const SHOWN = 40;

/** Where each millisecond of an order goes, from the request until its mails are sent. */
export const order: Benchmark = async ({ backing, scale, signal, say }): Promise<Findings> => {
  const dir = await mkdtemp(join(tmpdir(), 'dozen-bench-order-'));
  const meter = await StatementMeter.install(backing);
  const system = await startSystem({ dir, backing, signal, env: { all: { LOG_LEVEL: 'warn' } } });
  try {
    const shop = await Shop.open(doorsOf(system));
    const client = { shop, watch: new OrderStreams(shop, OVER) };
    await load(client, { ...WARM_UP, seconds: WARM_UP.seconds * scale });
    const evidence: Evidence[] = [];
    for (const perSecond of RATES) {
      const before = await cpuByOwner(backing, system);
      let orders = 0;
      const work = await meter.during(async () => {
        ({ orders } = await load(client, { perSecond, seconds: SECONDS * scale }, 0));
      });
      const cpu = cpuTable(before, await cpuByOwner(backing, system), orders);
      evidence.push({ title: `CPU in ms per order, at ${perSecond} orders/s:`, text: cpu });
      evidence.push({ title: `PostgreSQL, per order, at ${perSecond} orders/s:`, text: serverTable(work, orders) });
      say(`${orders} orders at ${perSecond}/s`);
    }
    return { rounds: 1, ratios: [], latencies: [], counts: [], evidence };
  } finally {
    await system.stop();
    await meter.close();
    await rm(dir, { recursive: true, force: true });
  }
};

function cpuTable(before: CpuByOwner, after: CpuByOwner, orders: number): string {
  const spent = [...after].map(
    ([owner, seconds]) => [owner, (1000 * (seconds - (before.get(owner) ?? 0))) / orders] as const,
  );
  const named = spent.filter(([owner]) => owner !== MACHINE).sort(([, a], [, b]) => b - a);
  const sum = named.reduce((total, [, ms]) => total + ms, 0);
  const machine = spent.find(([owner]) => owner === MACHINE)?.[1] ?? NaN;
  const rows = [...named, ['the kernel, and whatever else runs', machine - sum] as const, [MACHINE, machine] as const];
  return rows.map(([owner, ms]) => `${ms.toFixed(1).padStart(7)}  ${owner}`).join('\n');
}

function serverTable({ statements, transactions, fsyncs }: ServerWork, orders: number): string {
  const per = (value: number, digits = 1): string => (value / orders).toFixed(digits);
  const sum = (of: (one: (typeof statements)[number]) => number): number =>
    statements.reduce((total, one) => total + of(one), 0);
  const head = [
    `${per(sum(({ calls }) => calls))} statements, ${per(transactions)} transactions, ${per(fsyncs)} fsyncs;`,
    `${per(sum(({ executing }) => executing))} ms executing, ${per(sum(({ planning }) => planning))} ms planning`,
  ].join(' ');
  const rows = statements.slice(0, SHOWN).map(({ database, text, calls, executing, planning }) => {
    const figures = [per(calls, 2), per(executing, 2), per(planning, 2)].map((value) => value.padStart(7)).join('');
    return `${figures}  ${database.padEnd(8)}  ${text.replaceAll(/\s+/g, ' ').trim().slice(0, 80)}`;
  });
  return [head, '', '  calls     ms  plan  database  statement', ...rows].join('\n');
}
