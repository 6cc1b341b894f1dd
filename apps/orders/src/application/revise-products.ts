import { ProductSnapshot } from '@dozen/contracts';
import type { UnitOfWork } from '@dozen/database';
import { type ListedProduct, type ProductChange, reviseProduct } from '../domain/product.js';
import { productSnapshot } from './events.js';
import type { Catalogue, Stock } from './ports.js';

/**
 * Changes products that the unit has locked, in the light of their stock, and publishes a snapshot of each that is
 * another one then. Returns all of them as they are now, and how many changed.
 */
export async function reviseProducts(
  unit: UnitOfWork,
  { catalogue, stock }: { catalogue: Catalogue; stock: Stock },
  revisions: readonly { readonly product: ListedProduct; readonly change: ProductChange }[],
): Promise<{ products: ListedProduct[]; changed: number }> {
  const skus = revisions.map(({ product }) => product.sku);
  const available = await stock.available(unit, skus);
  const products: ListedProduct[] = [];
  let changed = 0;
  for (const { product, change } of revisions) {
    const next = reviseProduct(product, change, available.get(product.sku) ?? 0);
    products.push(next ?? product);
    if (next === undefined) continue;
    await catalogue.save(unit, next);
    unit.publish(ProductSnapshot, productSnapshot(next));
    changed += 1;
  }
  return { products, changed };
}
