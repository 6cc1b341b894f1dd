import { setTimeout as sleep } from 'node:timers/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { residentBytes } from '@dozen/backing';
import { startSystem, type System } from '@dozen/demo';
import pg from 'pg';
import type { Benchmark, Findings } from '../benchmark.js';
import { latencyOf } from '../measures.js';
import { Shop } from '../system/shop.js';
import { Stream } from './stream.js';

const STREAMS = 1_000;
const SECONDS = 300;
const BASELINE_S = 20;
/** Orders that are placed meanwhile, each with a stream from its first moment on. */
const ORDERS_PER_S = 2;
/** What one query in 200 ms is, and a fifth for what else a second has. */
const POLLS_PER_S = 6;
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
    const shop = await Shop.open(system);
    const old = await Promise.all(Array.from({ length: 20 }, () => shop.place()));
    const open = (id: string | undefined): Promise<Stream> =>
      Stream.open(new URL(`/v1/orders/${id}/events`, system.service('gateway').url), shop.token, closing.signal);
    const news: Stream[] = [];
    const placing = async (duration: number): Promise<void> => {
      for (let n = 0; n < duration * ORDERS_PER_S; n += 1) {
        news.push(await open(await shop.place()));
        await sleep(1000 / ORDERS_PER_S, undefined, { signal });
      }
    };
    const [before, without] = await Promise.all([memoryOf(system), transactions(counter, placing(BASELINE_S * scale))]);
    const held: Stream[] = [];
    for (let n = 0; n < STREAMS; n += 1) held.push(await open(old[n % old.length]));
    say(`${held.length} streams are open`);
    const during = await transactions(counter, placing(seconds));
    const after = await memoryOf(system);
    const all = [...held, ...news];
    const ended = all.filter((stream) => stream.ended !== undefined);
    say(`${during.toFixed(1)} transactions/s with them, ${without.toFixed(1)} without; ${ended.length} ended`);
    return {
      ratios: [],
      latencies: [
        latencyOf(`what happened → its arrival at a client, ${STREAMS} other streams open`, [
          news.flatMap(({ latencies }) => latencies),
        ]),
      ],
      counts: [
        count(
          `transactions a second that ${STREAMS} streams add, held for ${seconds} s`,
          during - without,
          POLLS_PER_S,
        ),
        count('streams that ended meanwhile', ended.length, 0),
        count(
          'events out of place',
          all.reduce((sum, { misplaced }) => sum + misplaced, 0),
          0,
        ),
        count(`MiB that the gateway grew by them`, (after - before) / MIB, GROWTH_MIB),
      ],
      evidence: [],
    };
  } finally {
    closing.abort();
    await counter.end();
    await system.stop();
    await rm(dir, { recursive: true, force: true });
  }
};

/** Per second, of the whole database, while the work lasts; the statistics are a second late. */
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

async function memoryOf(system: System): Promise<number> {
  const { pid } = system.service('gateway');
  const bytes = pid === undefined ? undefined : await residentBytes(pid);
  if (bytes === undefined) throw new Error('the gateway has no process');
  return bytes;
}

function count(subject: string, value: number, most: number) {
  return { subject, value: Math.round(value * 10) / 10, most };
}
