import { ProductSnapshot } from '@dozen/contracts';
import type { UnitsOfWork } from '@dozen/database';
import { inPages } from '@dozen/kernel';
import type { ListedProduct } from '../domain/product.js';
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
  const products = inPages((last?: ListedProduct) =>
    units.run(async (unit) => {
      const page = await catalogue.page(unit, PAGE, last?.sku);
      for (const product of page) unit.publish(ProductSnapshot, productSnapshot(product));
      return page;
    }),
  );
  let published = 0;
  for await (const _product of products) published += 1;
  return published;
}
