import { OrderConfirmed, OrderPlaced, OrderRejected } from '@dozen/contracts';
import { newId } from '@dozen/kernel';
import { recordOf } from '@dozen/service-testing';

/** What orders says about one order, to a customer whose address belongs to this order alone unless it is given. */
export function story(locale = 'en', address?: string) {
  const orderId = newId();
  const email = address ?? `ada.${orderId}@example.org`;
  const customer = { id: 'ada', email, locale };
  const items = [{ sku: 'MUG-1', name: 'Mug <b>', quantity: 2, unitPrice: { amount: 1250, currency: 'EUR' } }];
  const total = { amount: 2500, currency: 'EUR' };
  const placed = { orderId, aggregateVersion: 1, customer, items, total, paymentToken: 'tok_secret' };
  return {
    orderId,
    email,
    /** A new message each time, as a redelivery has the id of the first. */
    placed: (messageId = newId()) => recordOf(OrderPlaced, placed, messageId),
    confirmed: () => recordOf(OrderConfirmed, { orderId, aggregateVersion: 2, customer, items, total }),
    rejected: () =>
      recordOf(OrderRejected, {
        orderId,
        aggregateVersion: 2,
        customer,
        items: [{ sku: 'MUG-1', quantity: 2 }],
        reason: 'ORD-OUT-OF-STOCK',
        detail: 'MUG-1: 1 left',
      }),
  };
}
