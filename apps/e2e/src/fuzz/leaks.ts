import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stores } from './stores.js';
import type { World } from './world.js';

const MB = 1024 * 1024;
/**
 * How long idle transactions are counted, in ms. An idle service has a few a second: it looks for rows of its outbox, for
 * retries, and for other members.
 */
const LOOK_MS = 5_000;

/** What grows without a bound is a leak; these are the bounds, over what there was before anything was sent. */
const MORE = {
  /** Transactions a second. */
  transactions: { factor: 1.5, plus: 4 },
  /** Open files and connections of a process. */
  files: { factor: 1, plus: 60 },
  /** Resident MB: pools and caches fill, and V8 keeps what it has once had. */
  memory: { factor: 2, plus: 150 },
} as const;
type Measure = keyof typeof MORE;

export type Footprint = ReadonlyMap<string, Readonly<Record<Measure, number>>>;

/** Measures each service while nobody asks for anything. Takes 5 s. */
export async function footprint(world: World, stores: Stores): Promise<Footprint> {
  const before = await transactions(stores);
  const began = performance.now();
  await sleep(LOOK_MS);
  const after = await transactions(stores);
  const seconds = (performance.now() - began) / 1000;
  const rows = await Promise.all(
    world.system.services.map(async (process) => {
      const memory = ((await process.rss()) ?? 0) / MB;
      const files = process.pid === undefined ? 0 : (await readdir(`/proc/${process.pid}/fd`).catch(() => [])).length;
      const perSecond = ((after.get(process.service) ?? 0) - (before.get(process.service) ?? 0)) / seconds;
      return [process.service, { transactions: perSecond, files, memory }] as const;
    }),
  );
  return new Map(rows);
}

/** One sentence per bound that is passed. */
export function leaks(before: Footprint, after: Footprint): string[] {
  return [...after].flatMap(([service, now]) =>
    (Object.keys(MORE) as Measure[]).flatMap((measure) => {
      const then = before.get(service)?.[measure] ?? 0;
      const most = then * MORE[measure].factor + MORE[measure].plus;
      return now[measure] > most
        ? [`${service}: ${measure} when idle went from ${then.toFixed(1)} to ${now[measure].toFixed(1)}`]
        : [];
    }),
  );
}

async function transactions(stores: Stores): Promise<Map<string, number>> {
  const rows = await stores.queryAll<{ n: number }>(
    'SELECT (xact_commit + xact_rollback)::float8 AS n FROM pg_stat_database WHERE datname = current_database()',
  );
  return new Map(rows.map(({ service, n }) => [service, n]));
}
