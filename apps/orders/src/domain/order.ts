import type { Customer, RejectionReason } from '@dozen/contracts';
import { type Money, sameMoney } from '@dozen/kernel';
import { paymentContradicts, paymentOfOtherAmount } from '../errors.js';
import type { RequestedItem } from './items.js';
import { type OrderChange, type OrderState, orderTable } from './order-table.js';
import type { Quote } from './pricing.js';
import { movementsOf, type StockMovement } from './stock.js';

export interface Rejection {
  readonly reason: RejectionReason;
  /** For people; names no person. */
  readonly detail: string;
}

/** What a PlaceOrder asks for, without the payment token: that goes to billing and is kept nowhere here. */
export interface OrderRequest {
  readonly id: string;
  /** `contentHash` of the command. */
  readonly contentHash: string;
  readonly customer: Customer;
  readonly items: readonly RequestedItem[];
}

export interface Order extends OrderRequest {
  readonly status: Exclude<OrderState, 'new'>;
  /** 1 after the first event, and one more with each. */
  readonly version: number;
  /** The prices of the moment in which it was placed; undefined when it was refused. */
  readonly quote: Quote | undefined;
  /** Set when and only when it is rejected. */
  readonly rejection: Rejection | undefined;
}

/** What is to be done about a change, all in one transaction. `E` are the events that it may be. */
export interface Change<E extends OrderChange['event'] = OrderChange['event']> {
  readonly event: E;
  /** As it is after the change. */
  readonly order: Order;
  readonly stock: readonly StockMovement[];
}

/** Takes an order at these prices. It holds once its stock is reserved. */
export function acceptOrder(request: OrderRequest, quote: Quote): Change<'OrderPlaced'> {
  return change(orderTable.new.Accepted, { ...request, version: 0, quote, rejection: undefined });
}

export function refuseOrder(request: OrderRequest, rejection: Rejection): Change<'OrderRejected'> {
  return change(orderTable.new.Refused, { ...request, version: 0, quote: undefined, rejection });
}

/** billing's final word on the payment of an order. */
export type PaymentOutcome =
  | { readonly input: 'PaymentCaptured'; readonly orderId: string; readonly amount: Money }
  /** `reason` is the provider's own code. */
  | { readonly input: 'PaymentDeclined'; readonly orderId: string; readonly reason: string };

/**
 * @returns undefined when it was said before.
 * @throws ORD-PAYMENT-CONTRADICTS when the order is unknown or settled otherwise; ORD-PAYMENT-AMOUNT.
 */
export function settleOrder(
  order: Order | undefined,
  outcome: PaymentOutcome,
): Change<'OrderConfirmed' | 'OrderRejected'> | undefined {
  const state = order?.status ?? 'new';
  const step = orderTable[state][outcome.input];
  if (step.kind === 'ignore') return undefined;
  if (step.kind === 'contradiction' || order === undefined) {
    throw paymentContradicts({ orderId: outcome.orderId, state, outcome: outcome.input });
  }
  if (outcome.input === 'PaymentDeclined') {
    const detail = `The payment was declined: ${outcome.reason}`;
    return change(step, { ...order, rejection: { reason: 'ORD-PAYMENT-DECLINED', detail } });
  }
  const { total } = pricesOf(order);
  if (!sameMoney(total, outcome.amount)) throw paymentOfOtherAmount({ orderId: order.id, total, paid: outcome.amount });
  return change(step, order);
}

/** The prices of an order that was placed. The table's CHECK says that such an order has them. */
export function pricesOf({ id, quote }: Order): Quote {
  if (quote === undefined) throw new TypeError(`order ${id} was placed without prices`);
  return quote;
}

function change<E extends OrderChange['event']>(
  step: OrderChange & { readonly event: E },
  before: Omit<Order, 'status'>,
): Change<E> {
  const { to, stock, event } = step;
  return {
    event,
    order: { ...before, status: to, version: before.version + 1 },
    stock: stock === 'none' ? [] : movementsOf(stock, before.items),
  };
}
