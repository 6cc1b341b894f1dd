import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Random } from './random.js';

const TABLES = ['messaging.parked_messages', 'messaging.inbox', 'messaging.outbox'];
/** Less than the 2 s that a statement of a request waits for a lock. */
const HELD_MS = 1_400;
const FREE_MS = 150;

/** Somebody's transactions let nobody write to one of a service's messaging tables, one after the other, for so long. */
export async function holdTable(database: string, { seed, ms }: { seed: number; ms: number }): Promise<void> {
  const table = new Random(seed).pick(TABLES);
  const until = performance.now() + ms;
  while (performance.now() < until) {
    // The server may be down, or go: then it holds no lock.
    await holdOnce(database, table).catch(() => undefined);
    await sleep(FREE_MS);
  }
}

async function holdOnce(connectionString: string, table: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(`LOCK TABLE ${table} IN SHARE ROW EXCLUSIVE MODE`);
    await sleep(HELD_MS);
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}
