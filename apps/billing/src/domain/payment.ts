import type { VoidReason } from '@dozen/contracts';
import type { Money } from '@dozen/kernel';
import type { Invoice } from './invoice.js';
import { type PaymentChange, type PaymentState, paymentTable } from './payment-table.js';

export interface Payment {
  readonly id: string;
  readonly orderId: string;
  readonly invoiceId: string;
  readonly amount: Money;
  readonly state: PaymentState;
  /** Grows by one with each event; InvoiceOpened is 1. */
  readonly version: number;
  /** Stands for a card. Only while the provider may still have to be charged; never logged. */
  readonly paymentToken: string | null;
  /** The provider's id of the charge, once it has said so; null for one that was voided before it came. */
  readonly providerReference: string | null;
  /** The provider's own code, if it gave one. */
  readonly declineReason: string | null;
  /** Why it is voided or refunded; null while it is neither. */
  readonly voidReason: VoidReason | null;
}

/** What the provider is asked: the key is the same on every attempt, and the provider charges once per key. */
export interface ChargeRequest {
  readonly idempotencyKey: string;
  readonly amount: Money;
  readonly paymentToken: string;
  /** What people see at the provider. */
  readonly orderId: string;
}

/** The provider's word on a charge. Captured may become refunded; nothing else ever changes. */
export type ChargeAnswer =
  | { readonly kind: 'ChargeCaptured' | 'ChargeRefunded'; readonly reference: string }
  | { readonly kind: 'ChargeDeclined'; readonly reference: string; readonly reason: string | null }
  /** No money will ever be taken under the key; without a reference when none was asked for. */
  | { readonly kind: 'ChargeVoided'; readonly reference: string | null };

export type PaymentInput = ChargeAnswer | { readonly kind: 'TimedOut' | 'OrderCancelling' };

export function requestPayment(invoice: Invoice, payment: { id: string; paymentToken: string }): Payment {
  return {
    id: payment.id,
    orderId: invoice.orderId,
    invoiceId: invoice.id,
    amount: invoice.total,
    state: 'requested',
    version: 1,
    paymentToken: payment.paymentToken,
    providerReference: null,
    declineReason: null,
    voidReason: null,
  };
}

/** The idempotency key of every request to the provider about a payment. */
export function chargeKey({ id }: Pick<Payment, 'id'>): string {
  return `${id}:charge`;
}

/** The charge that a payment waits for; undefined when it waits for none. */
export function awaitedCharge(payment: Payment): ChargeRequest | undefined {
  const { orderId, amount, paymentToken } = payment;
  return paymentToken === null ? undefined : { idempotencyKey: chargeKey(payment), amount, paymentToken, orderId };
}

export interface Advance {
  readonly payment: Payment;
  readonly change: PaymentChange;
}

/** The payment after what happened; undefined when it does not wait for that. */
export function advancePayment(payment: Payment, input: PaymentInput): Advance | undefined {
  const step = paymentTable[payment.state][input.kind];
  if (step.kind === 'ignore') return undefined;
  return {
    change: step,
    payment: {
      ...payment,
      state: step.to,
      version: payment.version + (step.event === undefined ? 0 : 1),
      // Voided or answered: no charge is asked for any more.
      paymentToken: null,
      providerReference: 'reference' in input ? input.reference : payment.providerReference,
      declineReason: input.kind === 'ChargeDeclined' ? input.reason : null,
      voidReason: payment.voidReason ?? reasonFor(input),
    },
  };
}

function reasonFor({ kind }: PaymentInput): VoidReason | null {
  switch (kind) {
    case 'TimedOut':
      return 'timed-out';
    case 'OrderCancelling':
      return 'cancelled';
    case 'ChargeVoided':
    case 'ChargeRefunded':
      return 'provider';
    case 'ChargeCaptured':
    case 'ChargeDeclined':
      return null;
  }
}
