import { formatMoney, type Money } from '@dozen/kernel';
import { oneLine } from '../escape.js';
import type { Locale } from '../locale.js';

export interface RequestedLine {
  readonly sku: string;
  readonly quantity: number;
}

export interface PricedLine extends RequestedLine {
  readonly name: string;
  readonly unitPrice: Money;
}

/** What an order comes to. */
export interface Bought {
  readonly items: readonly PricedLine[];
  readonly total: Money;
}

const TOTAL: Readonly<Record<Locale, string>> = { en: 'Total', de: 'Summe' };

/** Each item with its price, and the sum. */
export function boughtLines({ items, total }: Bought, locale: Locale): string[] {
  return [
    ...items.map(
      ({ name, quantity, unitPrice }) => `${quantity} × ${oneLine(name)}, ${formatMoney(unitPrice, locale)}`,
    ),
    `${TOTAL[locale]}: ${formatMoney(total, locale)}`,
  ];
}

/** Each item by its SKU, for whoever knows no prices. */
export function requestedLines(items: readonly RequestedLine[]): string[] {
  return items.map(({ sku, quantity }) => `${quantity} × ${sku}`);
}

const eur = (amount: number): Money => ({ amount, currency: 'EUR' });

/** For the examples of the mails. */
export const exampleOrder = {
  items: [
    { sku: 'COFFEE-1KG', name: 'Coffee beans, 1 kg', quantity: 2, unitPrice: eur(1890) },
    { sku: 'MUG-BLUE', name: 'Blue mug', quantity: 1, unitPrice: eur(950) },
  ],
  total: eur(4730),
} as const satisfies Bought;
