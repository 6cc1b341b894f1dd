import { money } from '@dozen/kernel';
import type { Product } from './product.js';

/** A product and its first stock. */
export interface SeedItem extends Product {
  readonly available: number;
}

const PLENTY = 100_000;

/* SKU, name, price in euro cents, first stock. The last two are for those who want to see an order rejected. */
const rows = [
  ['COFFEE-1KG', 'Coffee beans, 1 kg', 18_90, PLENTY],
  ['COFFEE-250G', 'Coffee beans, 250 g', 5_90, PLENTY],
  ['TEA-GREEN', 'Green tea, 100 g', 7_90, PLENTY],
  ['TEA-BLACK', 'Black tea, 100 g', 6_90, PLENTY],
  ['COCOA-500G', 'Cocoa, 500 g', 8_50, PLENTY],
  ['CHOCOLATE-70', 'Dark chocolate, 70 %', 3_90, PLENTY],
  ['HONEY-500G', 'Blossom honey, 500 g', 8_90, PLENTY],
  ['MUG-BLUE', 'Mug, blue', 12_50, PLENTY],
  ['FILTER-100', 'Paper filters, 100 pieces', 4_50, PLENTY],
  ['GRINDER', 'Hand grinder', 49_00, PLENTY],
  ['RARE-1', 'Rare beans, numbered tin', 99_00, 3],
  ['SOLD-OUT', 'Last year’s harvest', 19_90, 0],
] as const;

export const seedItems: readonly SeedItem[] = rows.map(([sku, name, cents, available]) => ({
  sku,
  name,
  price: money(cents, 'EUR'),
  available,
}));
