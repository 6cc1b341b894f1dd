import { defineMail } from './define-mail.js';
import { boughtLines, exampleOrder } from './lines.js';

export const orderPlaced = defineMail({
  template: 'order-placed',
  stage: 1,
  words: {
    en: {
      subject: 'We have your order',
      opening: 'thank you for your order. Everything is set aside for you; we are now charging your card.',
      closing: 'We will write again as soon as your payment is through.',
    },
    de: {
      subject: 'Ihre Bestellung ist eingegangen',
      opening: 'vielen Dank für Ihre Bestellung. Alles ist für Sie zurückgelegt; wir belasten nun Ihre Karte.',
      closing: 'Sobald Ihre Zahlung eingegangen ist, schreiben wir Ihnen wieder.',
    },
  },
  lines: boughtLines,
  example: exampleOrder,
});
