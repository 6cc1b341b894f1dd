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
  /** Stands for a card. Only while the payment waits for the provider; never logged. */
  readonly paymentToken: string | null;
  /** The provider's id of the charge, once it has answered. */
  readonly providerReference: string | null;
  /** The provider's own code, if it gave one. */
  readonly declineReason: string | null;
}

/** A payment that the provider has answered. */
export type SettledPayment = Payment & { readonly providerReference: string };

/** What the provider is asked. */
export interface ChargeRequest {
  /** The same on every attempt: the provider charges once per key. */
  readonly idempotencyKey: string;
  readonly amount: Money;
  readonly paymentToken: string;
  /** What people see at the provider. */
  readonly orderId: string;
}

/** What the provider answers: final, and the same for every request with the key. */
export type ChargeAnswer =
  | { readonly kind: 'ChargeCaptured'; readonly reference: string }
  | { readonly kind: 'ChargeDeclined'; readonly reference: string; readonly reason: string | null };

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
  };
}

/** The charge that a payment waits for; undefined when it waits for none. */
export function awaitedCharge({ id, orderId, amount, paymentToken }: Payment): ChargeRequest | undefined {
  return paymentToken === null ? undefined : { idempotencyKey: `${id}:charge`, amount, paymentToken, orderId };
}

export interface Settlement {
  readonly payment: SettledPayment;
  readonly change: PaymentChange;
}

/** The payment after the provider's answer; undefined when it does not wait for one. */
export function settlePayment(payment: Payment, answer: ChargeAnswer): Settlement | undefined {
  const step = paymentTable[payment.state][answer.kind];
  if (step.kind === 'ignore') return undefined;
  return {
    change: step,
    payment: {
      ...payment,
      state: step.to,
      version: payment.version + 1,
      paymentToken: null,
      providerReference: answer.reference,
      declineReason: answer.kind === 'ChargeDeclined' ? answer.reason : null,
    },
  };
}
