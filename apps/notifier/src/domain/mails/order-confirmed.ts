import { defineMail } from './define-mail.js';
import { boughtLines, exampleOrder } from './lines.js';

export const orderConfirmed = defineMail({
  template: 'order-confirmed',
  stage: 2,
  words: {
    en: {
      subject: 'Your order is confirmed',
      opening: 'your payment is through and your order is confirmed.',
      closing: 'Thank you for buying from us.',
    },
    de: {
      subject: 'Ihre Bestellung ist bestätigt',
      opening: 'Ihre Zahlung ist eingegangen und Ihre Bestellung ist bestätigt.',
      closing: 'Vielen Dank für Ihren Einkauf.',
    },
  },
  lines: boughtLines,
  example: exampleOrder,
});
