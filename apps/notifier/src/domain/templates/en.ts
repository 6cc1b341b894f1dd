import type { Wording } from './wording.js';

export const en: Wording = {
  greeting: 'Hello,',
  order: 'Order',
  total: 'Total',
  givenBack: 'Refunded',
  signature: 'Dozen',
  placed: {
    subject: 'We have your order',
    opening: 'thank you for your order. Everything is set aside for you; we are now charging your card.',
    closing: 'We will write again as soon as your payment is through.',
  },
  confirmed: {
    subject: 'Your order is confirmed',
    opening: 'your payment is through and your order is confirmed.',
    closing: 'Thank you for buying from us.',
  },
  rejected: {
    subject: 'We cannot fulfil your order',
    opening: 'we are sorry: we cannot fulfil your order.',
    closing: 'Nothing is charged and nothing is set aside.',
  },
  cancelled: {
    subject: 'Your order is cancelled',
    opening: 'your order is cancelled, as you asked.',
    closing: 'Nothing is charged and nothing is set aside any more.',
  },
  refunded: {
    subject: 'Your money is on its way back',
    opening: 'your card had been charged for an order that is off. We have given all of it back.',
    closing: 'Your bank may take a few days to show it.',
  },
  reasons: {
    'ORD-UNKNOWN-SKU': 'An article that you asked for is not in our catalogue.',
    'ORD-OUT-OF-STOCK': 'We do not have enough of an article in stock.',
    'ORD-PAYMENT-DECLINED': 'Your payment was declined.',
    'ORD-PAYMENT-TIMED-OUT': 'Your payment did not come through in time.',
  },
};
