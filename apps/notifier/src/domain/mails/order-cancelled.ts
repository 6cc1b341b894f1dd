import { defineMail } from './define-mail.js';
import { boughtLines, exampleOrder } from './lines.js';

export const orderCancelled = defineMail({
  template: 'order-cancelled',
  stage: 2,
  words: {
    en: {
      subject: 'Your order is cancelled',
      opening: 'your order is cancelled, as you asked.',
      closing: 'Nothing is charged and nothing is set aside any more.',
    },
    de: {
      subject: 'Ihre Bestellung ist storniert',
      opening: 'Ihre Bestellung ist storniert, wie Sie es wünschten.',
      closing: 'Ihnen wird nichts berechnet, und nichts ist mehr zurückgelegt.',
    },
  },
  lines: boughtLines,
  example: exampleOrder,
});
