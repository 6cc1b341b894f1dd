import { MailSent, OrderCancelled, OrderCancelling, OrderConfirmed, OrderPlaced } from '@dozen/contracts';
import { newId } from '@dozen/kernel';
import { recordOf } from '@dozen/service-testing';
import type { Arrival } from '../../src/domain/order.js';

/** What the services say about an order of Ada's for one mug. */
export const total = { amount: 100, currency: 'EUR' };
const customer = { id: 'ada', email: 'ada@example.org', locale: 'en' };
const items = [{ sku: 'MUG-1', name: 'Mug', quantity: 1, unitPrice: total }];

export const orderPlaced = (orderId: string) =>
  recordOf(OrderPlaced, { orderId, aggregateVersion: 1, customer, items, total, paymentToken: 't' });

export const orderConfirmed = (orderId: string) =>
  recordOf(OrderConfirmed, { orderId, aggregateVersion: 2, customer, items, total });

export const orderCancelling = (orderId: string) =>
  recordOf(OrderCancelling, { orderId, aggregateVersion: 2, customer });

export const orderCancelled = (orderId: string) =>
  recordOf(OrderCancelled, { orderId, aggregateVersion: 3, customer, items, total });

/** The n-th mail about it. */
export const mailSent = (orderId: string, n: number) =>
  recordOf(MailSent, { orderId, aggregateVersion: n, template: 'order-placed', messageId: `<${n}@test>` });

/** A mail as the projection gets it. */
export const mailArrival = (): Arrival => ({
  messageId: newId(),
  type: MailSent.type,
  topic: MailSent.topic.name,
  source: '/dozen/notifier',
  time: new Date(),
  data: { kind: 'MailSent', version: 1, template: 'order-placed' },
  fixed: false,
});
