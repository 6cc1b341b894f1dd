import { setTimeout as sleep } from 'node:timers/promises';
import { type ServiceName, SERVICES } from '@dozen/manifest';
import pg from 'pg';
import { Random } from './random.js';

const MESSAGING = ['messaging.parked_messages', 'messaging.inbox', 'messaging.outbox'];
/** Less than the 2 s that a statement of a request waits for a lock. */
const HELD_MS = 1_400;
const FREE_MS = 150;

/** Holds one of a service's messaging tables for so long, by transactions of somebody else, one after the other. */
export async function holdMessaging(database: string, { seed, ms }: { seed: number; ms: number }): Promise<void> {
  const table = new Random(seed).pick(MESSAGING);
  const until = performance.now() + ms;
  while (performance.now() < until) {
    await hold(database, table, HELD_MS);
    await sleep(FREE_MS);
  }
}

/** Holds the table that the service's handlers write, by one transaction of somebody else. */
export async function holdOwn(database: string, { service, ms }: { service: ServiceName; ms: number }): Promise<void> {
  await hold(database, SERVICES[service].table, ms);
}

/** Never rejects: the server may be down, or go. Then it holds no lock. */
async function hold(connectionString: string, table: string, ms: number): Promise<void> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('BEGIN');
    await client.query(`LOCK TABLE ${table} IN SHARE ROW EXCLUSIVE MODE`);
    await sleep(ms);
    await client.query('COMMIT');
  } catch {
    // The fault is weaker than it was meant to be.
  } finally {
    await client.end().catch(() => undefined);
  }
}
