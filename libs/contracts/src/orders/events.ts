import type { PayloadOf } from '@dozen/kernel';
import { z } from 'zod';
import { defineMessage } from '../define.js';
import { ordersEvents } from '../topics.js';
import {
  aggregateVersion,
  customer,
  moneyAmount,
  orderId,
  paymentToken,
  pricedItem,
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
    items: z.array(pricedItem).min(1),
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
  schema: z.object({ orderId, aggregateVersion, customer, items: z.array(pricedItem).min(1), total: moneyAmount }),
  key: (event) => event.orderId,
});
export type OrderConfirmed = PayloadOf<typeof OrderConfirmed>;

/** Why an order was rejected; stable codes, see docs/errors. */
export const rejectionReason = z.enum(['ORD-UNKNOWN-SKU', 'ORD-OUT-OF-STOCK', 'ORD-PAYMENT-DECLINED']);
export type RejectionReason = z.output<typeof rejectionReason>;

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
    detail: z.string().describe('For people'),
  }),
  key: (event) => event.orderId,
});
export type OrderRejected = PayloadOf<typeof OrderRejected>;
