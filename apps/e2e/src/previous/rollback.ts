import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Backing } from '@dozen/backing';
import { startSystem, type System } from '@dozen/demo';
import { type NewOrder, openShop, type Shop } from '../shop.js';
import { PLANTED } from './planted.js';
import { execute } from './schema.js';

const ORDER: NewOrder = { items: [{ sku: 'MUG-BLUE', quantity: 1 }], paymentToken: 'tok_ok' };
/** Several times what an order takes on a busy machine. */
const CONFIRMED_WITHIN_MS = 20_000;
/** What an order of a broken build is given: parked at once, it is tried again after a second and five. */
const BROKEN_WITHIN_MS = 10_000;

export interface Rollback {
  /** The built last release. */
  readonly dir: string;
  /** Where the systems keep what they write. */
  readonly systemDir: string;
  readonly backing: Backing;
  readonly signal: AbortSignal;
}

/**
 * This release runs and takes an order; then the last one starts on what it left: migrated by this release, with its
 * orders. It must get ready, know the order, and bring another one to its end. Returns what went wrong.
 */
export async function rollBack({ dir, systemDir, backing, signal }: Rollback): Promise<string[]> {
  const options = { dir: systemDir, backing, signal };
  const earlier = await during(await startSystem(options), async (shop) => {
    const id = await shop.place(ORDER);
    return { id, status: await finalStatus(shop, id, CONFIRMED_WITHIN_MS) };
  });
  if (earlier.status !== 'confirmed') return [`this release itself leaves an order ${earlier.status}`];

  await execute(backing.postgres.url('orders'), PLANTED.expanding);
  const demo = pathToFileURL(join(dir, 'tools', 'demo', 'dist', 'index.js')).href;
  const before = (await import(demo)) as { startSystem: typeof startSystem };
  return during(await before.startSystem(options), async (shop) => {
    const known = (await shop.view(earlier.id)).status;
    const status = await finalStatus(shop, await shop.place(ORDER), CONFIRMED_WITHIN_MS);
    await execute(backing.postgres.url('orders'), PLANTED.contracting);
    const broken = await finalStatus(shop, await shop.place(ORDER), BROKEN_WITHIN_MS);
    return [
      ...(known === 'confirmed' ? [] : [`the last release shows this one's confirmed order as ${known}`]),
      ...(status === 'confirmed' ? [] : [`the last release leaves an order ${status}`]),
      ...(broken === 'confirmed' ? ['the last release does without a column that was planted to be missed'] : []),
    ];
  });
}

async function during<T>(system: System, use: (shop: Shop) => Promise<T>): Promise<T> {
  try {
    const gatewayUrl = (): string => system.service('gateway').url;
    return await use(await openShop({ gatewayUrl, identityUrl: system.tool('identity').url, customer: 'ada' }));
  } finally {
    await system.stop();
  }
}

/** The order's status when it is final, or the one that it has when the time is over. */
async function finalStatus(shop: Shop, orderId: string, withinMs: number): Promise<string> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const { status } = await shop.view(orderId);
    if (status === 'confirmed' || status === 'rejected' || performance.now() > deadline) return status;
    await sleep(100);
  }
}
