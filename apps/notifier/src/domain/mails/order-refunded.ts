import { formatMoney, type Money } from '@dozen/kernel';
import type { Locale } from '../locale.js';
import { defineMail } from './define-mail.js';
import { exampleOrder, type RequestedLine, requestedLines } from './lines.js';

const REFUNDED: Readonly<Record<Locale, string>> = { en: 'Refunded', de: 'Erstattet' };

export interface Refund {
  readonly items: readonly RequestedLine[];
  readonly refunded: Money;
}

/** A mail of its own, since people look for their money, not for their order. */
export const orderRefunded = defineMail({
  template: 'order-refunded',
  stage: 3,
  words: {
    en: {
      subject: 'Your money is on its way back',
      opening: 'your card had been charged for an order that is off. We have given all of it back.',
      closing: 'Your bank may take a few days to show it.',
    },
    de: {
      subject: 'Sie erhalten Ihr Geld zurück',
      opening: 'Ihre Karte war für eine Bestellung belastet, die nicht ausgeführt wird. Wir haben alles erstattet.',
      closing: 'Bis Ihre Bank es zeigt, können einige Tage vergehen.',
    },
  },
  lines: ({ items, refunded }: Refund, locale) => [
    ...requestedLines(items),
    `${REFUNDED[locale]}: ${formatMoney(refunded, locale)}`,
  ],
  example: { items: exampleOrder.items.map(({ sku, quantity }) => ({ sku, quantity })), refunded: exampleOrder.total },
});
