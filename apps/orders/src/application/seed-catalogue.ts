import { ProductSnapshot } from '@dozen/contracts';
import type { UnitsOfWork } from '@dozen/database';
import { newProduct } from '../domain/product.js';
import type { SeedItem } from '../domain/seed-items.js';
import { productSnapshot } from './events.js';
import type { Catalogue, Stock } from './ports.js';
import { reviseProducts } from './revise-products.js';

/**
 * Puts the products in and publishes a snapshot of each that is new or changed, in one transaction. Repeatable: an
 * unchanged product is not published again, stock that is there is never topped up, and what was withdrawn stays so.
 * Returns a line for the operator.
 */
export async function seedCatalogue(
  items: readonly SeedItem[],
  ports: { units: UnitsOfWork; catalogue: Catalogue; stock: Stock },
): Promise<string> {
  const { units, catalogue, stock } = ports;
  const bySku = new Map(items.map((item) => [item.sku, item]));
  const changed = await units.run(async (unit) => {
    const products = await catalogue.lock(unit, [...bySku.keys()]);
    const revisions = products.map((product) => {
      const { name = product.name, price = product.price } = bySku.get(product.sku) ?? {};
      return { product, change: { name, price } };
    });
    let published = (await reviseProducts(unit, ports, revisions)).changed;
    for (const { sku } of products) bySku.delete(sku);
    for (const item of bySku.values()) {
      const product = newProduct(item, item.available);
      // Another seed has added it at the same moment, and publishes its snapshot.
      if (!(await catalogue.add(unit, product))) continue;
      await stock.open(unit, [item]);
      unit.publish(ProductSnapshot, productSnapshot(product));
      published += 1;
    }
    return published;
  });
  return `${items.length} products, ${changed} of them new or changed and published`;
}
