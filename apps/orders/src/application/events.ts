import type { OrderConfirmed, OrderPlaced, OrderRejected } from '@dozen/contracts';
import { type Order, pricesOf } from '../domain/order.js';

export function orderPlaced(order: Order, paymentToken: string): OrderPlaced {
  return { ...orderConfirmed(order), paymentToken };
}

export function orderConfirmed(order: Order): OrderConfirmed {
  const { items, total } = pricesOf(order);
  return { ...common(order), items: [...items], total };
}

/** @throws TypeError for an order that is not rejected. */
export function orderRejected(order: Order): OrderRejected {
  const { rejection, items } = order;
  if (rejection === undefined) throw new TypeError(`order ${order.id} was rejected without a reason`);
  return { ...common(order), items: [...items], ...rejection };
}

function common({ id, version, customer }: Order): Pick<OrderRejected, 'orderId' | 'aggregateVersion' | 'customer'> {
  return { orderId: id, aggregateVersion: version, customer };
}
