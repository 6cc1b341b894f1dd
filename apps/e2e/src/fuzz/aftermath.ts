import { brokenBounds } from '../chaos/bounds.js';
import { reconciled } from '../chaos/reconciled.js';
import { readFacts } from '../facts.js';
import { judge } from '../judge.js';
import { MailFolder } from '../mail-folder.js';
import { notReady } from '../readiness.js';
import type { Stores } from './stores.js';
import type { World } from './world.js';

export interface Aftermath {
  readonly world: World;
  readonly stores: Stores;
  /** Orders that somebody was promised. */
  readonly promised: readonly string[];
  /** Whether a dead letter of that place (`topic/partition/offset`) may be there. */
  readonly isPlanted: (place: string) => boolean;
}

/** One sentence per broken promise once all is quiet. */
export async function judgeAftermath({ world, stores, promised, isPlanted }: Aftermath): Promise<string[]> {
  const { databases, system, seeded } = world;
  const facts = await readFacts({
    databases,
    provider: { url: system.tool('provider').url, key: system.providerKey },
    mails: new MailFolder(system.folders.mails),
    accepted: [...new Set([...promised, ...(await known(stores))])],
    seeded,
  });
  return [
    // Dead letters are compared with what was sent.
    ...judge({ ...facts, deadLetters: [] }),
    ...(await unplanted(stores, isPlanted)),
    // Events that were broken block their keys until somebody decides.
    ...(await brokenBounds(databases)).filter((fault) => !fault.includes('blocked keys')),
    ...(await reconciled(system)),
    ...(await notReady(system.services)),
  ];
}

/** A client whose connection was cut has an order that it does not know. */
async function known(stores: Stores): Promise<string[]> {
  const [orders, shown] = await Promise.all([
    stores.query<{ id: string }>('orders', 'SELECT id::text FROM orders'),
    stores.query<{ id: string }>('gateway', 'SELECT id::text FROM orders WHERE customer_id IS NOT NULL'),
  ]);
  return [...orders, ...shown].map(({ id }) => id);
}

async function unplanted(stores: Stores, isPlanted: (place: string) => boolean): Promise<string[]> {
  const rows = await stores.queryAll<{ place: string; code: string | null; reason: string | null }>(
    `SELECT topic || '/' || partition || '/' || "offset" AS place, code, reason FROM messaging.parked_messages`,
  );
  return rows
    .filter(({ place }) => !isPlanted(place))
    .map(
      ({ service, place, code, reason }) =>
        `a dead letter that nobody planted: ${service} ${place} ${code ?? 'waits'} ${reason ?? ''}`,
    );
}
