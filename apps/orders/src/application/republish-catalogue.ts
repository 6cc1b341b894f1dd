import { ProductSnapshot } from '@dozen/contracts';
import type { UnitsOfWork } from '@dozen/database';
import { productSnapshot } from './events.js';
import type { Catalogue } from './ports.js';

/** Snapshots per transaction: one batch of the relay is twice that. */
const PAGE = 500;

/**
 * Publishes every product again at the version that it has: for a topic that lost its data, or a consumer that is new.
 * Whoever has the version ignores it. The lock keeps a product's snapshots in the order of their versions while the
 * catalogue changes; orders do not wait. Returns how many there are.
 */
export async function republishCatalogue(units: UnitsOfWork, catalogue: Catalogue): Promise<number> {
  let published = 0;
  let after: string | undefined;
  for (;;) {
    const last = after;
    const page = await units.run(async (unit) => {
      const products = await catalogue.page(unit, PAGE, last);
      for (const product of products) unit.publish(ProductSnapshot, productSnapshot(product));
      return products;
    });
    published += page.length;
    after = page.at(-1)?.sku;
    if (page.length < PAGE) return published;
  }
}
