import { setTimeout as sleep } from 'node:timers/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { residentBytes } from '@dozen/backing';
import { startSystem, type System } from '@dozen/demo';
import pg from 'pg';
import type { Benchmark, Findings } from '../benchmark.js';
import { latencyOf } from '../measures.js';
import { doorsOf, Shop } from '../system/shop.js';
import { Stream } from './stream.js';

const STREAMS = 1_000;
const SECONDS = 300;
const BASELINE_S = 20;
/** Orders that are placed meanwhile, each with a stream from its first moment on. */
const ORDERS_PER_S = 2;
/**
 * The bound leaves room for noise: the baseline looks at each announced commit already, and a query per stream would be
 * thousands a second.
 */
const MORE_PER_S = 5;
/** What the last orders may take to their end. */
const SETTLE_MS = 30_000;
const MIB = 1024 * 1024;
const GROWTH_MIB = 150;

/** Clients that hold streams open at one gateway: what they cost it, and what they get. */
export const streams: Benchmark = async ({ backing, scale, signal, say }): Promise<Findings> => {
  const dir = await mkdtemp(join(tmpdir(), 'dozen-bench-streams-'));
  const system = await startSystem({ dir, backing, signal, env: { all: { LOG_LEVEL: 'warn' } } });
  const closing = new AbortController();
  const counter = new pg.Client({ connectionString: backing.postgres.url('gateway') });
  await counter.connect();
  try {
    const seconds = SECONDS * scale;
    const shop = await Shop.open(doorsOf(system));
    const old = (await Promise.all(Array.from({ length: 20 }, () => shop.place()))).filter((id) => id !== undefined);
    const url = (id: string): URL => new URL(`/v1/orders/${id}/events`, system.service('gateway').url);
    const open = (id: string): Promise<Stream> =>
      Stream.open({ url: url(id), token: shop.token, signal: closing.signal });
    const news = new Map<string, Stream>();
    const placing = (s: number): Promise<void> => follow({ shop, open, news, seconds: s, signal });
    const without = await transactions(counter, placing(BASELINE_S));
    // The gateway is warm by then: compiled code and caches take memory without streams, too.
    const before = await memoryOf(system);
    const held: Stream[] = [];
    for (let n = 0; n < STREAMS; n += 1) held.push(await open(old[n % old.length] ?? ''));
    say(`${held.length} streams are open`);
    const during = await transactions(counter, placing(seconds));
    const grownBytes = (await memoryOf(system)) - before;
    const ended = [...held, ...news.values()].filter((stream) => stream.ended !== undefined).length;
    const missing = await missingEvents(counter, news);
    say(`${during.toFixed(1)} transactions/s with them, ${without.toFixed(1)} without; ${ended} ended`);
    return findingsOf({ held, news, ended, seconds, more: during - without, missing, grownBytes });
  } finally {
    closing.abort();
    await counter.end();
    await system.stop();
    await rm(dir, { recursive: true, force: true });
  }
};

/** Places orders, each with a stream that is interrupted in the middle of what happens to its order. */
async function follow(options: {
  readonly shop: Shop;
  readonly open: (id: string) => Promise<Stream>;
  /** Gets the streams of the orders that were taken. */
  readonly news: Map<string, Stream>;
  readonly seconds: number;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { shop, open, news, seconds, signal } = options;
  for (let n = 0; n < seconds * ORDERS_PER_S; n += 1) {
    const id = await shop.place();
    const stream = id === undefined ? undefined : await open(id);
    await sleep(1000 / ORDERS_PER_S, undefined, { signal });
    if (id === undefined || stream === undefined) continue;
    news.set(id, stream);
    await stream.reconnect();
  }
}

function findingsOf(seen: {
  readonly held: readonly Stream[];
  readonly news: ReadonlyMap<string, Stream>;
  readonly ended: number;
  readonly seconds: number;
  /** Transactions a second that came with the streams. */
  readonly more: number;
  readonly missing: number;
  readonly grownBytes: number;
}): Findings {
  const { held, news, ended, seconds, more, missing, grownBytes } = seen;
  const all = [...held, ...news.values()];
  const misplaced = all.reduce((sum, stream) => sum + stream.misplaced, 0);
  return {
    rounds: 1,
    ratios: [],
    latencies: [
      latencyOf(`what happened → its arrival at a client, ${STREAMS} other streams open`, [
        [...news.values()].flatMap(({ latencies }) => latencies),
      ]),
    ],
    counts: [
      count(`transactions a second that ${STREAMS} more streams add, held for ${seconds} s`, more, MORE_PER_S),
      count('streams that ended meanwhile', ended, 0),
      count('events out of place: a gap, or a repeat', misplaced, 0),
      count(`events of ${news.size} orders that did not come to who reconnected after half a second`, missing, 0),
      count(`MiB that the gateway grew by them`, grownBytes / MIB, GROWTH_MIB),
    ],
    evidence: [],
  };
}

/** Transactions per second of the whole database while the work lasts; the statistics are a second late. */
async function transactions(client: pg.Client, work: Promise<void>): Promise<number> {
  const read = async (): Promise<number> => {
    const { rows } = await client.query<{ n: string }>(
      'SELECT xact_commit AS n FROM pg_stat_database WHERE datname = current_database()',
    );
    return Number(rows[0]?.n);
  };
  const [from, began] = [await read(), performance.now()];
  await work;
  return ((await read()) - from) / ((performance.now() - began) / 1000);
}

/** Events in the timelines that their streams do not have, once all orders are final and a poll has passed. */
async function missingEvents(client: pg.Client, streams: ReadonlyMap<string, Stream>): Promise<number> {
  const ids = [...streams.keys()];
  const deadline = performance.now() + SETTLE_MS;
  for (;;) {
    const { rows } = await client.query<{ id: string; last_position: number; open: boolean }>(
      "SELECT id, last_position, status IN ('pending', 'placed') AS open FROM orders WHERE id = ANY ($1::uuid[])",
      [ids],
    );
    await sleep(1_000);
    const missing = rows.map(({ id, last_position: position }) => position - (streams.get(id)?.last ?? 0));
    const open = rows.some((row) => row.open);
    const most = missing.reduce((sum, count) => sum + Math.max(count, 0), 0);
    if ((!open && most === 0) || performance.now() > deadline) return most;
  }
}

async function memoryOf(system: System): Promise<number> {
  const { pid } = system.service('gateway');
  const bytes = pid === undefined ? undefined : await residentBytes(pid);
  if (bytes === undefined) throw new Error('the gateway has no process');
  return bytes;
}

function count(subject: string, value: number, most: number) {
  return { subject, value: Math.round(value * 10) / 10, most };
}
