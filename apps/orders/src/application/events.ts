import type {
  OrderCancelled,
  OrderCancelling,
  OrderConfirmed,
  OrderPlaced,
  OrderRejected,
  ProductSnapshot,
} from '@dozen/contracts';
import type { Money } from '@dozen/kernel';
import { type Order, pricesOf } from '../domain/order.js';
import type { ListedProduct } from '../domain/product.js';

export function orderPlaced(order: Order, paymentToken: string): OrderPlaced {
  return { ...orderConfirmed(order), paymentToken };
}

export function orderConfirmed(order: Order): OrderConfirmed {
  const { items, total } = pricesOf(order);
  return { ...common(order), items: [...items], total };
}

/** `refunded`: what had been captured and was refunded. @throws TypeError for an order that is not rejected. */
export function orderRejected(order: Order, refunded?: Money): OrderRejected {
  const { rejection, items } = order;
  if (rejection === undefined) throw new TypeError(`order ${order.id} was rejected without a reason`);
  return { ...common(order), items: [...items], ...rejection, ...given(refunded) };
}

export function orderCancelling(order: Order): OrderCancelling {
  return common(order);
}

/** `refunded`: what had been captured and was refunded. */
export function orderCancelled(order: Order, refunded: Money | undefined): OrderCancelled {
  return { ...orderConfirmed(order), ...given(refunded) };
}

export function productSnapshot({ sku, version, name, price, availability }: ListedProduct): ProductSnapshot {
  return { sku, version, name, price, ...(availability === undefined ? {} : { availability }) };
}

function given(refunded: Money | undefined): { refunded?: Money } {
  return refunded === undefined ? {} : { refunded };
}

function common({ id, version, customer }: Order): Pick<OrderRejected, 'orderId' | 'aggregateVersion' | 'customer'> {
  return { orderId: id, aggregateVersion: version, customer };
}
