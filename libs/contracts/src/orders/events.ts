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

/**
 * Why an order was rejected.
 *
 * | code | where | meaning | what to do |
 * |---|---|---|---|
 * | ORD-UNKNOWN-SKU | event | The order was rejected because a SKU is not in the catalogue, or has no price in the currency of the order. | Order what `GET /v1/products` lists. If every order is rejected, the catalogue is empty: run `seed` of orders. |
 * | ORD-OUT-OF-STOCK | event | The order was rejected because fewer units are available than were ordered. | Order fewer units, or order again when there is more stock. |
 * | ORD-PAYMENT-DECLINED | event | The order was rejected because the payment provider refused the payment. | Order again with another means of payment. |
 * | ORD-PAYMENT-TIMED-OUT | event | The order was rejected because the payment came to no outcome in the time that billing allows (`PAYMENT_TIMEOUT_S`). Money that was captured is refunded. | Order again. An operator looks at the payment provider if this happens often. |
 */
export const rejectionReason = z.enum([
  'ORD-UNKNOWN-SKU',
  'ORD-OUT-OF-STOCK',
  'ORD-PAYMENT-DECLINED',
  'ORD-PAYMENT-TIMED-OUT',
]);
export type RejectionReason = z.output<typeof rejectionReason>;

/** Names every line at most once, by its SKU. */
const rejectionDetail = text({ max: 4000 }).describe('For people');

/** Set when the money had been captured and was refunded, which is always all of it. */
const refunded = moneyAmount.optional();

/**
 * The order ends rejected: nothing is reserved and nothing is charged. `items` are as requested, since an unknown SKU has no
 * price.
 */
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

/** The customer wants the order cancelled: billing is to void the payment, or to refund it. */
export const OrderCancelling = defineMessage({
  name: 'OrderCancelling',
  version: 1,
  topic: ordersEvents,
  schema: z.object({ orderId, aggregateVersion, customer }),
  key: (event) => event.orderId,
});
export type OrderCancelling = PayloadOf<typeof OrderCancelling>;

/** The order ends cancelled: nothing is reserved, and nothing is charged any more. */
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

/**
 * Why an order cannot be cancelled (any more).
 *
 * | code | where | meaning | what to do |
 * |---|---|---|---|
 * | ORD-UNKNOWN | event | The order was not cancelled because orders does not know it, or it is somebody else's. | Check the id of the order and whose it is. |
 * | ORD-CONFIRMED | event | The order was not cancelled because it is paid and confirmed. | Nothing can be cancelled any more: settle a return outside of this system. |
 * | ORD-REJECTED | event | The order was not cancelled because it is rejected already. | There is nothing to do: nothing is reserved and nothing is charged. |
 */
export const cancellationRefusal = z.enum(['ORD-UNKNOWN', 'ORD-CONFIRMED', 'ORD-REJECTED']);
export type CancellationRefusal = z.output<typeof cancellationRefusal>;

/**
 * A refusal changes nothing, so it has no version. It may also be about an order that orders does not know, or about somebody
 * else's.
 */
export const CancellationRefused = defineMessage({
  name: 'CancellationRefused',
  version: 1,
  topic: ordersEvents,
  schema: z.object({ orderId, customerId, reason: cancellationRefusal }),
  key: (event) => event.orderId,
});
export type CancellationRefused = PayloadOf<typeof CancellationRefused>;
