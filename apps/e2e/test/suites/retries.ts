import { randomUUID } from 'node:crypto';
import { eventually } from '@dozen/testing';
import pg from 'pg';
import type { OrderView, Shop } from '../../src/index.js';
import type { Running } from '../running.js';

/** Takes the provider three seconds: time enough to kill the gateway while a client waits for the end of it. */
const order = { items: [{ sku: 'CHOCOLATE-70', quantity: 1 }], paymentToken: 'tok_slow' };

/** The gateway is killed on either side of an order's commit: the client has no answer, and its retry gets the one order. */
export function retries(running: () => Running): void {
  const shopOf = (customer: string) => running().shop(customer);

  it('an order whose gateway is killed between key and commit is not there, and its key is free', async () => {
    const shop = await shopOf('killed-before');
    const key = randomUUID();
    await withDatabase(running().databases.gateway, async (client) => {
      await client.query('BEGIN');
      await client.query('LOCK TABLE messaging.outbox IN SHARE ROW EXCLUSIVE MODE');
      const unanswered = expect(post(shop, key)).rejects.toThrow();
      await eventually(async () => expect(await sessions(client, 'INSERT INTO messaging.outbox')).toBe(1));
      await running().service('gateway').kill('SIGKILL');
      await unanswered;
      // PostgreSQL notices by itself, although the dead process's statement still waits for the table.
      await eventually(async () => expect(await sessions(client, '')).toBe(0));
      await client.query('COMMIT');
    });
    expect(await running().takenKeys([key])).toEqual([]);
    await oneOrderAfterAll(running(), shop, key);
  }, 60_000);

  it('an order whose gateway is killed after the commit, before the answer, is there once', async () => {
    const shop = await shopOf('killed-after');
    const key = randomUUID();
    const unanswered = expect(post(shop, key, { prefer: 'wait=30' })).rejects.toThrow();
    await eventually(async () => expect(await running().takenKeys([key])).toEqual([key]));
    await running().service('gateway').kill('SIGKILL');
    await unanswered;
    await oneOrderAfterAll(running(), shop, key);
  }, 60_000);
}

function post(shop: Shop, key: string, headers: Record<string, string> = {}): Promise<Response> {
  return shop.request('/v1/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': `"${key}"`, ...headers },
    body: JSON.stringify(order),
  });
}

async function oneOrderAfterAll(running: Running, shop: Shop, key: string): Promise<void> {
  await running.service('gateway').restart();
  await running.service('gateway').waitReady();
  const [id, again] = [await shop.place(order, { key }), await shop.place(order, { key })];
  expect(again).toBe(id);
  expect(await running.takenKeys([key])).toEqual([key]);
  const { items } = (await (await shop.request('/v1/orders')).json()) as { items: OrderView[] };
  expect(items.map((item) => item.id)).toEqual([id]);
  await eventually(async () => expect((await shop.view(id)).status).toBe('confirmed'), { timeoutMs: 30_000 });
}

/** Other sessions of this database whose statement has this in it. */
async function sessions(client: pg.Client, text: string): Promise<number> {
  // A transaction would see them as they were at its first look.
  await client.query('SELECT pg_stat_clear_snapshot()');
  const { rowCount } = await client.query(
    `SELECT FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND strpos(query, $1) > 0`,
    [text],
  );
  return rowCount ?? 0;
}

async function withDatabase(connectionString: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
