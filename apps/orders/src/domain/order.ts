import type { CancellationRefusal, Customer, VoidReason } from '@dozen/contracts';
import { type Money, sameMoney } from '@dozen/kernel';
import { paymentContradicts, paymentOfOtherAmount } from '../errors.js';
import type { RequestedItem } from './items.js';
import { type OrderChange, type OrderState, orderTable } from './order-table.js';
import type { Quote } from './pricing.js';
import type { Rejection } from './refusal.js';
import { movementsOf, type StockMovement } from './stock.js';

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

/** billing's word on the payment of an order. */
export type PaymentOutcome = { readonly orderId: string } & (
  | { readonly input: 'PaymentCaptured'; readonly amount: Money }
  /** `reason` is the provider's own code. */
  | { readonly input: 'PaymentDeclined'; readonly reason: string }
  | { readonly input: 'PaymentVoided'; readonly reason: VoidReason }
  | { readonly input: 'PaymentRefunded'; readonly reason: VoidReason; readonly amount: Money }
);

/** Ends an order by what became of its payment. */
export type Settlement = Change<'OrderConfirmed' | 'OrderRejected' | 'OrderCancelled'> & {
  /** What had been captured and was refunded. */
  readonly refunded: Money | undefined;
};

/**
 * @returns undefined when it was said before, or when more is to come.
 * @throws ORD-PAYMENT-CONTRADICTS when the order is unknown or settled otherwise; ORD-PAYMENT-AMOUNT.
 */
export function settleOrder(order: Order | undefined, outcome: PaymentOutcome): Settlement | undefined {
  const state = order?.status ?? 'new';
  const step = orderTable[state][outcome.input];
  if (step.kind === 'ignore') return undefined;
  if (step.kind === 'contradiction' || order === undefined) {
    throw paymentContradicts({ orderId: outcome.orderId, state, outcome: outcome.input });
  }
  const { total } = pricesOf(order);
  const moved = 'amount' in outcome ? outcome.amount : undefined;
  if (moved !== undefined && !sameMoney(total, moved)) throw paymentOfOtherAmount({ orderId: order.id, total, moved });
  const rejection = step.event === 'OrderRejected' ? rejectionOf(outcome) : undefined;
  return {
    ...change(step, { ...order, rejection }),
    refunded: outcome.input === 'PaymentRefunded' ? outcome.amount : undefined,
  };
}

function rejectionOf(outcome: PaymentOutcome): Rejection {
  if (outcome.input === 'PaymentDeclined') {
    return { reason: 'ORD-PAYMENT-DECLINED', detail: `The payment was declined: ${outcome.reason}` };
  }
  const refunded = outcome.input === 'PaymentRefunded' ? ' What was taken has been refunded.' : '';
  if (outcome.input === 'PaymentVoided' || outcome.input === 'PaymentRefunded') {
    return outcome.reason === 'timed-out'
      ? { reason: 'ORD-PAYMENT-TIMED-OUT', detail: `The payment did not come through in time.${refunded}` }
      : { reason: 'ORD-PAYMENT-DECLINED', detail: `The provider voided the payment.${refunded}` };
  }
  throw new TypeError(`${outcome.input} rejects no order`);
}

export type Cancellation =
  | { readonly kind: 'change'; readonly change: Change<'OrderCancelling'> }
  | { readonly kind: 'refuse'; readonly reason: CancellationRefusal }
  /** It is under way, or done. */
  | { readonly kind: 'ignore' };

/** What comes of a customer's wish to cancel the order. An order of somebody else is as unknown as none. */
export function cancelOrder(order: Order | undefined, customerId: string): Cancellation {
  const own = order?.customer.id === customerId ? order : undefined;
  const step = orderTable[own?.status ?? 'new'].CancelOrder;
  if (step.kind !== 'change') return step;
  if (own === undefined) throw new TypeError('an order that is not there cannot change');
  return { kind: 'change', change: change(step, own) };
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
