import { addMoney, type Money, multiplyMoney } from '@dozen/kernel';
import type { PricedItem, RequestedItem } from './items.js';
import { isSellable, type Product } from './product.js';
import { otherCurrency, type Rejection, unknownSkus } from './refusal.js';

export interface Quote {
  readonly items: readonly PricedItem[];
  readonly total: Money;
}

export type Pricing =
  { readonly priced: true; readonly quote: Quote } | { readonly priced: false; readonly rejection: Rejection };

/**
 * The price of an order: the catalogue's unit prices times the quantities; a command never brings a price along. Its
 * currency is that of its first line, and what has a price in another one cannot be bought with it.
 * `items` is not empty and within the contract's bounds; then nothing here throws.
 */
export function priceOrder(items: readonly RequestedItem[], catalogue: ReadonlyMap<string, Product>): Pricing {
  const priced = items.flatMap(({ sku, quantity }): PricedItem[] => {
    const product = catalogue.get(sku);
    if (product === undefined || !isSellable(product)) return [];
    return [{ sku, name: product.name, quantity, unitPrice: product.price }];
  });
  const known = new Set(priced.map(({ sku }) => sku));
  const unknown = items.filter(({ sku }) => !known.has(sku)).map(({ sku }) => sku);
  if (unknown.length > 0) return { priced: false, rejection: unknownSkus(unknown) };

  const currency = priced[0]?.unitPrice.currency ?? '';
  const others = priced.filter(({ unitPrice }) => unitPrice.currency !== currency).map(({ sku }) => sku);
  if (others.length > 0) return { priced: false, rejection: otherCurrency(others, currency) };
  return { priced: true, quote: { items: priced, total: totalOf(priced) } };
}

function totalOf(items: readonly PricedItem[]): Money {
  return items.map(({ unitPrice, quantity }) => multiplyMoney(unitPrice, quantity)).reduce(addMoney);
}
