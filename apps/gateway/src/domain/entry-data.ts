import type {
  CancellationRefusal,
  CancellationRefused,
  VoidReason,
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
 * What a timeline entry stores of its message. Each kind has a closed list of fields, so that neither a customer's data nor
 * a payment token can get in with a message that carries them. `version` is that of the aggregate that sent the message.
 */
export type EntryData =
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
      readonly reason: VoidReason;
    }
  | { readonly kind: 'MailSent'; readonly version: number; readonly template: string };

export function orderRequested(command: Pick<PlaceOrder, 'items'>): EntryData {
  return { kind: 'OrderRequested', items: command.items.map(requestedItem) };
}

export function orderPlaced(event: OrderPlaced): EntryData {
  return { kind: 'OrderPlaced', version: event.aggregateVersion, ...priced(event) };
}

export function orderConfirmed(event: OrderConfirmed): EntryData {
  return { kind: 'OrderConfirmed', version: event.aggregateVersion, ...priced(event) };
}

export function orderRejected(event: OrderRejected): EntryData {
  const { aggregateVersion: version, reason, detail } = event;
  const items = event.items.map(requestedItem);
  return { kind: 'OrderRejected', version, items, reason, detail, refunded: refundOf(event) };
}

export function cancellationRequested(): EntryData {
  return { kind: 'CancellationRequested' };
}

export function cancellationRefused({ reason }: CancellationRefused): EntryData {
  return { kind: 'CancellationRefused', reason };
}

export function orderCancelling({ aggregateVersion: version }: OrderCancelling): EntryData {
  return { kind: 'OrderCancelling', version };
}

export function orderCancelled(event: OrderCancelled): EntryData {
  return { kind: 'OrderCancelled', version: event.aggregateVersion, ...priced(event), refunded: refundOf(event) };
}

export function invoiceOpened(event: InvoiceOpened): EntryData {
  const { aggregateVersion: version, invoiceId, amount } = event;
  return { kind: 'InvoiceOpened', version, invoiceId, amount: moneyOf(amount) };
}

export function paymentCaptured(event: PaymentCaptured): EntryData {
  return { kind: 'PaymentCaptured', version: event.aggregateVersion, amount: moneyOf(event.amount) };
}

export function paymentDeclined(event: PaymentDeclined): EntryData {
  const { aggregateVersion: version, amount, reason } = event;
  return { kind: 'PaymentDeclined', version, amount: moneyOf(amount), reason };
}

export function paymentVoided(event: PaymentVoided): EntryData {
  return { kind: 'PaymentVoided', ...voidedOrRefunded(event) };
}

export function paymentRefunded(event: PaymentRefunded): EntryData {
  return { kind: 'PaymentRefunded', ...voidedOrRefunded(event) };
}

export function mailSent(event: MailSent): EntryData {
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

function voidedOrRefunded({ aggregateVersion: version, amount, reason }: PaymentVoided | PaymentRefunded) {
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
