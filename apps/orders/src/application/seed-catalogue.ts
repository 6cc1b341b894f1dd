import { ProductSnapshot } from '@dozen/contracts';
import type { UnitsOfWork } from '@dozen/database';
import type { SeedItem } from '../domain/seed-items.js';
import type { Catalogue, Stock } from './ports.js';

/**
 * Puts the products in and publishes a snapshot of each that is new or changed, in one transaction. Repeatable: an
 * unchanged product is not published again, and stock that is there is never topped up. Returns a line for the operator.
 */
export async function seedCatalogue(
  items: readonly SeedItem[],
  ports: { units: UnitsOfWork; catalogue: Catalogue; stock: Stock },
): Promise<string> {
  const { units, catalogue, stock } = ports;
  const changed = await units.run(async (unit) => {
    const products = await catalogue.put(unit, items);
    await stock.open(unit, items);
    for (const { sku, version, name, price } of products) unit.publish(ProductSnapshot, { sku, version, name, price });
    return products.length;
  });
  return `${items.length} products, ${changed} of them new or changed and published`;
}
