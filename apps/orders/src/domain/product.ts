import type { Money } from '@dozen/kernel';

/** What is sold, at the price that an order pays from now on. */
export interface Product {
  readonly sku: string;
  readonly name: string;
  readonly price: Money;
}

/** `version` grows with each change of name or price; consumers of snapshots keep the highest. */
export interface ProductVersion extends Product {
  readonly version: number;
}
