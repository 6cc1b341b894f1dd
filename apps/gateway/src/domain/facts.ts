import type {
  CancellationRefusal,
  CancellationRefused,
  GivenUpFor,
  InvoiceOpened,
  MailSent,
  OrderCancelled,
  OrderCancelling,
  OrderConfirmed,
  OrderPlaced,
  OrderRejected,
  PaymentCaptured,
  PaymentDeclined,
  PaymentRefunded,
  PaymentVoided,
  PlaceOrder,
  RejectionReason,
} from '@dozen/contracts';
import type { Money } from '@dozen/kernel';

export interface RequestedItem {
  readonly sku: string;
  readonly quantity: number;
}

export interface PricedItem extends RequestedItem {
  readonly name: string;
  readonly unitPrice: Money;
}

/**
 * What a timeline entry says, and all of it: a closed list of fields per kind, so that neither a customer's data nor
 * a payment token can get in with a message that carries them. `version` is that of the aggregate which spoke.
 */
export type Fact =
  | { readonly kind: 'OrderRequested'; readonly items: readonly RequestedItem[] }
  | {
      readonly kind: 'OrderPlaced' | 'OrderConfirmed';
      readonly version: number;
      readonly items: readonly PricedItem[];
      readonly total: Money;
    }
  | {
      readonly kind: 'OrderRejected';
      readonly version: number;
      readonly items: readonly RequestedItem[];
      readonly reason: RejectionReason;
      readonly detail: string;
      readonly refunded: Money | null;
    }
  | { readonly kind: 'CancellationRequested' }
  | { readonly kind: 'CancellationRefused'; readonly reason: CancellationRefusal }
  | { readonly kind: 'OrderCancelling'; readonly version: number }
  | {
      readonly kind: 'OrderCancelled';
      readonly version: number;
      readonly items: readonly PricedItem[];
      readonly total: Money;
      readonly refunded: Money | null;
    }
  | { readonly kind: 'InvoiceOpened'; readonly version: number; readonly invoiceId: string; readonly amount: Money }
  | { readonly kind: 'PaymentCaptured'; readonly version: number; readonly amount: Money }
  | { readonly kind: 'PaymentDeclined'; readonly version: number; readonly amount: Money; readonly reason: string }
  | {
      readonly kind: 'PaymentVoided' | 'PaymentRefunded';
      readonly version: number;
      readonly amount: Money;
      readonly reason: GivenUpFor;
    }
  | { readonly kind: 'MailSent'; readonly version: number; readonly template: string };

export function orderRequested(command: Pick<PlaceOrder, 'items'>): Fact {
  return { kind: 'OrderRequested', items: command.items.map(requestedItem) };
}

export function orderPlaced(event: OrderPlaced): Fact {
  return { kind: 'OrderPlaced', version: event.aggregateVersion, ...priced(event) };
}

export function orderConfirmed(event: OrderConfirmed): Fact {
  return { kind: 'OrderConfirmed', version: event.aggregateVersion, ...priced(event) };
}

export function orderRejected(event: OrderRejected): Fact {
  const { aggregateVersion: version, reason, detail } = event;
  const items = event.items.map(requestedItem);
  return { kind: 'OrderRejected', version, items, reason, detail, refunded: refundOf(event) };
}

export function cancellationRequested(): Fact {
  return { kind: 'CancellationRequested' };
}

export function cancellationRefused({ reason }: CancellationRefused): Fact {
  return { kind: 'CancellationRefused', reason };
}

export function orderCancelling({ aggregateVersion: version }: OrderCancelling): Fact {
  return { kind: 'OrderCancelling', version };
}

export function orderCancelled(event: OrderCancelled): Fact {
  return { kind: 'OrderCancelled', version: event.aggregateVersion, ...priced(event), refunded: refundOf(event) };
}

export function invoiceOpened(event: InvoiceOpened): Fact {
  const { aggregateVersion: version, invoiceId, amount } = event;
  return { kind: 'InvoiceOpened', version, invoiceId, amount: moneyOf(amount) };
}

export function paymentCaptured(event: PaymentCaptured): Fact {
  return { kind: 'PaymentCaptured', version: event.aggregateVersion, amount: moneyOf(event.amount) };
}

export function paymentDeclined(event: PaymentDeclined): Fact {
  const { aggregateVersion: version, amount, reason } = event;
  return { kind: 'PaymentDeclined', version, amount: moneyOf(amount), reason };
}

export function paymentVoided(event: PaymentVoided): Fact {
  return { kind: 'PaymentVoided', ...givenUp(event) };
}

export function paymentRefunded(event: PaymentRefunded): Fact {
  return { kind: 'PaymentRefunded', ...givenUp(event) };
}

export function mailSent(event: MailSent): Fact {
  return { kind: 'MailSent', version: event.aggregateVersion, template: event.template };
}

function priced(event: OrderPlaced | OrderConfirmed | OrderCancelled): { items: readonly PricedItem[]; total: Money } {
  const items = event.items.map(({ sku, name, quantity, unitPrice }) => ({
    sku,
    quantity,
    name,
    unitPrice: moneyOf(unitPrice),
  }));
  return { items, total: moneyOf(event.total) };
}

function givenUp({ aggregateVersion: version, amount, reason }: PaymentVoided | PaymentRefunded) {
  return { version, amount: moneyOf(amount), reason };
}

function refundOf({ refunded }: OrderRejected | OrderCancelled): Money | null {
  return refunded === undefined ? null : moneyOf(refunded);
}

function requestedItem({ sku, quantity }: RequestedItem): RequestedItem {
  return { sku, quantity };
}

function moneyOf({ amount, currency }: Money): Money {
  return { amount, currency };
}
