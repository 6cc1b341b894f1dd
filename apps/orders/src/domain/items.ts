import type { Money } from '@dozen/kernel';

/** A line as it was ordered. */
export interface RequestedItem {
  readonly sku: string;
  readonly quantity: number;
}

/** A line with what the catalogue said of its product at that moment. */
export interface PricedItem extends RequestedItem {
  readonly name: string;
  readonly unitPrice: Money;
}
