import type { UnitsOfWork } from '@dozen/database';
import { inPages } from '@dozen/kernel';
import type { Orders } from './ports.js';

const PAGE = 500;

export interface Rebuilt {
  readonly orders: number;
  /** How many orders had a stored view that their timeline does not fold to. */
  readonly changed: number;
}

/**
 * Makes every view again from its timeline. One order per transaction, under the lock that a new entry takes too: events go
 * on meanwhile, and two of these at once do no harm.
 */
export async function rebuildProjection(units: UnitsOfWork, orders: Orders): Promise<Rebuilt> {
  const rebuilt = { orders: 0, changed: 0 };
  for await (const id of inPages((last?: string) => orders.ids(PAGE, last))) {
    const changed = await units.run(async (unit) => {
      await orders.lock(unit, id);
      return orders.refold(unit, id);
    });
    rebuilt.orders += 1;
    if (changed) rebuilt.changed += 1;
  }
  return rebuilt;
}
