import { OrderConfirmed, OrderPlaced, OrderRejected } from '@dozen/contracts';
import { type MessageContract, newId } from '@dozen/kernel';
import type { OutgoingRecord } from '@dozen/messaging';

export function record<T>(contract: MessageContract<T>, payload: T, id = newId()): OutgoingRecord {
  const key = contract.key(payload);
  const ce = { ce_id: id, ce_type: contract.type, ce_source: '/dozen/hand', ce_subject: key };
  const headers = { ce_specversion: '1.0', ce_time: new Date().toISOString(), ...ce };
  return { topic: contract.topic.name, key, value: JSON.stringify(payload), headers };
}

/** What orders says about one order, to a customer whose address belongs to this order alone. */
export function story(locale = 'en') {
  const orderId = newId();
  const email = `ada.${orderId}@example.org`;
  const customer = { id: 'ada', email, locale };
  const items = [{ sku: 'MUG-1', name: 'Mug <b>', quantity: 2, unitPrice: { amount: 1250, currency: 'EUR' } }];
  const total = { amount: 2500, currency: 'EUR' };
  const placed = { orderId, aggregateVersion: 1, customer, items, total, paymentToken: 'tok_secret' };
  return {
    orderId,
    email,
    /** A new message each time, as a redelivery has the id of the first. */
    placed: (messageId = newId()) => record(OrderPlaced, placed, messageId),
    confirmed: () => record(OrderConfirmed, { orderId, aggregateVersion: 2, customer, items, total }),
    rejected: () =>
      record(OrderRejected, {
        orderId,
        aggregateVersion: 2,
        customer,
        items: [{ sku: 'MUG-1', quantity: 2 }],
        reason: 'ORD-OUT-OF-STOCK',
        detail: 'MUG-1: 1 left',
      }),
  };
}
