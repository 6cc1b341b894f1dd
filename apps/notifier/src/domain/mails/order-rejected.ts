import type { RejectionReason } from '@dozen/contracts';
import type { Locale } from '../locale.js';
import { defineMail } from './define-mail.js';
import { exampleOrder, type RequestedLine, requestedLines } from './lines.js';

const REASONS: Readonly<Record<Locale, Readonly<Record<RejectionReason, string>>>> = {
  en: {
    'ORD-UNKNOWN-SKU': 'An article that you asked for is not in our catalogue.',
    'ORD-OUT-OF-STOCK': 'We do not have enough of an article in stock.',
    'ORD-PAYMENT-DECLINED': 'Your payment was declined.',
    'ORD-PAYMENT-TIMED-OUT': 'Your payment did not come through in time.',
  },
  de: {
    'ORD-UNKNOWN-SKU': 'Ein Artikel Ihrer Bestellung ist nicht in unserem Katalog.',
    'ORD-OUT-OF-STOCK': 'Von einem Artikel haben wir nicht genug auf Lager.',
    'ORD-PAYMENT-DECLINED': 'Ihre Zahlung wurde abgelehnt.',
    'ORD-PAYMENT-TIMED-OUT': 'Ihre Zahlung kam nicht rechtzeitig zustande.',
  },
};

export interface Rejection {
  readonly items: readonly RequestedLine[];
  readonly reason: RejectionReason;
}

export const orderRejected = defineMail({
  template: 'order-rejected',
  stage: 2,
  words: {
    en: {
      subject: 'We cannot fulfil your order',
      opening: 'we are sorry: we cannot fulfil your order.',
      closing: 'Nothing is charged and nothing is set aside.',
    },
    de: {
      subject: 'Wir können Ihre Bestellung nicht ausführen',
      opening: 'es tut uns leid: Wir können Ihre Bestellung nicht ausführen.',
      closing: 'Ihnen wird nichts berechnet, und nichts ist zurückgelegt.',
    },
  },
  reason: ({ reason }: Rejection, locale) => REASONS[locale][reason],
  lines: ({ items }: Rejection) => requestedLines(items),
  example: {
    items: exampleOrder.items.map(({ sku, quantity }) => ({ sku, quantity })),
    reason: 'ORD-PAYMENT-DECLINED',
  },
});
