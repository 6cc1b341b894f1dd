import { type Availability, MAX_LINES, MAX_QUANTITY } from '@dozen/contracts';
import { minorDigits, type Money, sameMoney } from '@dozen/kernel';

/** What is sold, at the price that an order pays from now on. */
export interface Product {
  readonly sku: string;
  readonly name: string;
  readonly price: Money;
}

/** Most that one unit costs, in minor units: the largest order of it still has a total that is a safe integer. */
export const MAX_PRICE = Math.floor(Number.MAX_SAFE_INTEGER / (MAX_LINES * MAX_QUANTITY));

/** Whether an order can be charged this price. An operator cannot set any other today, but could in an earlier release. */
export function isSellable({ price }: Product): boolean {
  return price.amount <= MAX_PRICE && minorDigits(price.currency) !== undefined;
}

/** A product of the catalogue, as its last snapshot has it. */
export interface ListedProduct extends Product {
  /** Grows by one with each change; consumers of snapshots keep the highest. */
  readonly version: number;
  /** Sold no more, until it is added again. Never deleted: its versions must go on. */
  readonly withdrawn: boolean;
  /** Undefined for a product that an earlier release put in: no snapshot has said it yet. */
  readonly availability: Availability | undefined;
}

/** So many units or fewer are `low`: fewer than a large order may ask for in one line. */
export const LOW_UNITS = 10;

export type ProductChange = Partial<Pick<ListedProduct, 'name' | 'price' | 'withdrawn'>>;

/**
 * The product after a change and with `available` units in stock, at its next version; undefined when a snapshot would say
 * nothing new.
 */
export function reviseProduct(
  before: ListedProduct,
  change: ProductChange,
  available: number,
): ListedProduct | undefined {
  const next = { ...before, ...change };
  const availability = next.withdrawn ? 'withdrawn' : availabilityOf(available);
  const same =
    next.name === before.name &&
    sameMoney(next.price, before.price) &&
    next.withdrawn === before.withdrawn &&
    availability === before.availability;
  return same ? undefined : { ...next, availability, version: before.version + 1 };
}

/** A product that the catalogue has not had. */
export function newProduct({ sku, name, price }: Product, available: number): ListedProduct {
  return { sku, name, price, version: 1, withdrawn: false, availability: availabilityOf(available) };
}

function availabilityOf(available: number): Exclude<Availability, 'withdrawn'> {
  if (available <= 0) return 'sold-out';
  return available <= LOW_UNITS ? 'low' : 'in-stock';
}
