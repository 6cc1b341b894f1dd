import type {
  InvoiceOpened,
  MailSent,
  MailTemplate,
  OrderConfirmed,
  OrderPlaced,
  OrderRejected,
  PaymentCaptured,
  PaymentDeclined,
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
    }
  | { readonly kind: 'InvoiceOpened'; readonly version: number; readonly invoiceId: string; readonly amount: Money }
  | { readonly kind: 'PaymentCaptured'; readonly version: number; readonly amount: Money }
  | { readonly kind: 'PaymentDeclined'; readonly version: number; readonly amount: Money; readonly reason: string }
  | { readonly kind: 'MailSent'; readonly version: number; readonly template: MailTemplate };

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
  return { kind: 'OrderRejected', version, items: event.items.map(requestedItem), reason, detail };
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

export function mailSent(event: MailSent): Fact {
  return { kind: 'MailSent', version: event.aggregateVersion, template: event.template };
}

function priced(event: OrderPlaced | OrderConfirmed): { items: readonly PricedItem[]; total: Money } {
  const items = event.items.map(({ sku, name, quantity, unitPrice }) => ({
    sku,
    quantity,
    name,
    unitPrice: moneyOf(unitPrice),
  }));
  return { items, total: moneyOf(event.total) };
}

function requestedItem({ sku, quantity }: RequestedItem): RequestedItem {
  return { sku, quantity };
}

function moneyOf({ amount, currency }: Money): Money {
  return { amount, currency };
}
