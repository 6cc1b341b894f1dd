import type { PayloadOf } from '@dozen/kernel';
import { z } from 'zod';
import { defineMessage } from '../define.js';
import { text } from '../text.js';
import { ordersEvents } from '../topics.js';
import {
  aggregateVersion,
  customer,
  customerId,
  moneyAmount,
  orderId,
  paymentToken,
  pricedItems,
  requestedItems,
} from '../values.js';

/** Priced, and its stock is reserved. billing charges `total` to `paymentToken`. */
export const OrderPlaced = defineMessage({
  name: 'OrderPlaced',
  version: 1,
  topic: ordersEvents,
  schema: z.object({
    orderId,
    aggregateVersion,
    customer,
    items: pricedItems,
    total: moneyAmount,
    paymentToken,
  }),
  key: (event) => event.orderId,
});
export type OrderPlaced = PayloadOf<typeof OrderPlaced>;

/** Paid: the final good state. */
export const OrderConfirmed = defineMessage({
  name: 'OrderConfirmed',
  version: 1,
  topic: ordersEvents,
  schema: z.object({ orderId, aggregateVersion, customer, items: pricedItems, total: moneyAmount }),
  key: (event) => event.orderId,
});
export type OrderConfirmed = PayloadOf<typeof OrderConfirmed>;

/** Why an order was rejected; stable codes, see docs/errors. */
export const rejectionReason = z.enum([
  'ORD-UNKNOWN-SKU',
  'ORD-OUT-OF-STOCK',
  'ORD-PAYMENT-DECLINED',
  'ORD-PAYMENT-TIMED-OUT',
]);
export type RejectionReason = z.output<typeof rejectionReason>;

/** Names every line at most once, by its SKU. */
const rejectionDetail = text({ max: 4000 }).describe('For people');

/** There when the money had been taken and was given back: all of it. */
const refunded = moneyAmount.optional();

/** Final. Nothing is reserved and nothing is charged. `items` as requested: an unknown SKU has no price. */
export const OrderRejected = defineMessage({
  name: 'OrderRejected',
  version: 1,
  topic: ordersEvents,
  schema: z.object({
    orderId,
    aggregateVersion,
    customer,
    items: requestedItems,
    reason: rejectionReason,
    detail: rejectionDetail,
    refunded,
  }),
  key: (event) => event.orderId,
});
export type OrderRejected = PayloadOf<typeof OrderRejected>;

/** The customer wants the order called off: billing is to give up the payment, or to give it back. */
export const OrderCancelling = defineMessage({
  name: 'OrderCancelling',
  version: 1,
  topic: ordersEvents,
  schema: z.object({ orderId, aggregateVersion, customer }),
  key: (event) => event.orderId,
});
export type OrderCancelling = PayloadOf<typeof OrderCancelling>;

/** Final: called off. Nothing is reserved, and nothing is charged any more. */
export const OrderCancelled = defineMessage({
  name: 'OrderCancelled',
  version: 1,
  topic: ordersEvents,
  schema: z.object({
    orderId,
    aggregateVersion,
    customer,
    items: pricedItems,
    total: moneyAmount,
    refunded,
  }),
  key: (event) => event.orderId,
});
export type OrderCancelled = PayloadOf<typeof OrderCancelled>;

/** Why an order cannot be called off (any more); stable codes, see docs/errors. */
export const cancellationRefusal = z.enum(['ORD-UNKNOWN', 'ORD-CONFIRMED', 'ORD-REJECTED']);
export type CancellationRefusal = z.output<typeof cancellationRefusal>;

/** Nothing changes by it, so it has no version. Of an order that orders does not know, or of somebody else's, as well. */
export const CancellationRefused = defineMessage({
  name: 'CancellationRefused',
  version: 1,
  topic: ordersEvents,
  schema: z.object({ orderId, customerId, reason: cancellationRefusal }),
  key: (event) => event.orderId,
});
export type CancellationRefused = PayloadOf<typeof CancellationRefused>;
