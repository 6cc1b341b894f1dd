/**
 * An order and a kill of a generated service, in the copy of the workspace that it was generated into. Arguments: the
 * service, the folder of a demo that has run. One line with what was seen; exit code 1 when something is missing.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { interruption, ownServers, startBacking } from '@dozen/backing';
import { startSystem, type System } from '@dozen/demo';
import type { ServiceName } from '@dozen/manifest';
import { eventually } from '@dozen/testing';
import { query } from '../query.js';
import { readTopics } from '../read-topics.js';
import { openShop, type Shop } from '../shop.js';

const ORDERS = 40;
const EVERY_MS = 50;
const WAIT = { timeoutMs: 60_000, everyMs: 100 };

const [argument = '', dir = ''] = process.argv.slice(2);
const service = argument as ServiceName;
const signal = interruption();

const backing = await startBacking({ dir: join(dir, 'backing'), source: ownServers(process.env), signal });
try {
  const system = await startSystem({ dir, backing, signal });
  try {
    const shop = await openShop({
      gatewayUrl: () => system.service('gateway').url,
      identityUrl: system.tool('identity').url,
      customer: 'generated',
    });
    const one = await place(shop);
    await eventually(() => isCompleted(system, shop, one), WAIT);
    const ids = [one, ...(await placeAround(shop, () => kill(system)))];
    await eventually(() => Promise.all(ids.map((id) => isCompleted(system, shop, id))), WAIT);
    await eventually(() => isToldOnce(ids), WAIT);
    const put = await query(backing.postgres.url(service), 'SELECT * FROM messaging.parked_messages');
    if (put.length > 0) throw new Error(`put aside: ${JSON.stringify(put)}`);
    process.stdout.write(`${ids.length} orders, each handled, told and completed once, with a SIGKILL in between\n`);
  } finally {
    await system.stop();
  }
} finally {
  await backing.stop();
}

function place(shop: Shop): Promise<string> {
  return shop.place({ items: [{ sku: 'COFFEE-1KG', quantity: 1 }], paymentToken: 'tok_ok' });
}

/** Places orders; `strike` begins with the first of them and is over before the last one is completed. */
async function placeAround(shop: Shop, strike: () => Promise<void>): Promise<string[]> {
  const placed: Promise<string>[] = [];
  const struck = sleep((ORDERS * EVERY_MS) / 2).then(strike);
  for (let n = 0; n < ORDERS; n += 1) {
    placed.push(place(shop));
    await sleep(EVERY_MS);
  }
  await struck;
  return Promise.all(placed);
}

async function kill(system: System): Promise<void> {
  const process = system.service(service);
  await process.kill('SIGKILL');
  await process.restart();
  await process.waitReady();
}

/** Throws unless the service shows the order's own as completed. */
async function isCompleted(system: System, shop: Shop, id: string): Promise<void> {
  const url = new URL(`/v1/${service}/${id}`, system.service(service).url);
  const response = await fetch(url, { headers: { authorization: shop.authorization } });
  const text = await response.text();
  if (response.status !== 200 || !text.includes('"completed"')) throw new Error(`${url.pathname}: ${text}`);
}

/** Throws unless the service's topic has one event of each order: one id, however often it was sent. */
async function isToldOnce(orders: readonly string[]): Promise<void> {
  const told = new Map<string, Set<string>>();
  await readTopics(backing.kafka.url, [`${service}.events`], (_topic, { key, headers }) => {
    const order = String(key);
    told.set(order, (told.get(order) ?? new Set()).add(String(headers?.['ce_id'])));
  });
  const wrong = orders.filter((id) => told.get(id)?.size !== 1);
  if (wrong.length > 0) throw new Error(`not told once: ${wrong.join(', ')}`);
}
