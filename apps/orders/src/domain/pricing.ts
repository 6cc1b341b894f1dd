import { addMoney, type Money, multiplyMoney } from '@dozen/kernel';
import { mixedCurrencies } from '../errors.js';
import type { PricedItem, RequestedItem } from './items.js';
import type { Product } from './product.js';

export interface Quote {
  readonly items: readonly PricedItem[];
  readonly total: Money;
}

export type Pricing =
  { readonly known: true; readonly quote: Quote } | { readonly known: false; readonly unknownSkus: readonly string[] };

/**
 * The price of an order: the catalogue's unit prices times the quantities; a command never brings a price along.
 * `items` is not empty.
 * @throws ORD-MIXED-CURRENCIES when the products have prices in more than one currency; MONEY-INVALID on overflow.
 */
export function priceOrder(items: readonly RequestedItem[], catalogue: ReadonlyMap<string, Product>): Pricing {
  const priced = items.flatMap(({ sku, quantity }): PricedItem[] => {
    const product = catalogue.get(sku);
    return product === undefined ? [] : [{ sku, name: product.name, quantity, unitPrice: product.price }];
  });
  if (priced.length < items.length) {
    return { known: false, unknownSkus: items.map(({ sku }) => sku).filter((sku) => !catalogue.has(sku)) };
  }
  return { known: true, quote: { items: priced, total: totalOf(priced) } };
}

function totalOf(items: readonly PricedItem[]): Money {
  const currencies = new Set(items.map(({ unitPrice }) => unitPrice.currency));
  if (currencies.size > 1) throw mixedCurrencies([...currencies]);
  return items.map(({ unitPrice, quantity }) => multiplyMoney(unitPrice, quantity)).reduce(addMoney);
}
