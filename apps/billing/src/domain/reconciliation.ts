import { type Money, sameMoney } from '@dozen/kernel';
import type { PaymentState } from './payment-table.js';

/** A charge as the provider lists it. */
export interface ProviderCharge {
  readonly reference: string;
  readonly idempotencyKey: string;
  readonly amount: Money;
  readonly status: 'captured' | 'declined' | 'cancelled' | 'refunded';
}

/** A payment with what the ledger says that the provider holds for it, in minor units. */
export interface BookedPayment {
  readonly id: string;
  readonly orderId: string;
  readonly state: PaymentState;
  readonly amount: Money;
  readonly cleared: number;
}

/** One thing that ledger and provider do not agree on. */
export interface Difference {
  readonly what:
    | 'charge-without-payment'
    | 'payment-without-charge'
    | 'status'
    | 'amount'
    /** The ledger's own account does not say what the payment's state says. */
    | 'ledger';
  readonly paymentId: string | null;
  readonly orderId: string | null;
  readonly reference: string | null;
  readonly billing: string;
  readonly provider: string;
}

/** What the provider may say about a payment in each state; `none`: that it knows no charge. An open one may change yet. */
const expected: Readonly<Record<PaymentState, readonly (ProviderCharge['status'] | 'none')[]>> = {
  requested: ['none', 'captured', 'declined', 'cancelled', 'refunded'],
  voiding: ['none', 'captured', 'declined', 'cancelled', 'refunded'],
  refunding: ['captured', 'refunded'],
  captured: ['captured'],
  declined: ['declined'],
  voided: ['none', 'cancelled'],
  refunded: ['refunded'],
};

const open: ReadonlySet<PaymentState> = new Set<PaymentState>(['requested', 'voiding', 'refunding']);
const holdsMoney: ReadonlySet<PaymentState> = new Set<PaymentState>(['captured', 'refunding']);

export function isOpen({ state }: Pick<BookedPayment, 'state'>): boolean {
  return open.has(state);
}

/** Compares one payment with the charge of its key, if the provider has one. */
export function compare(payment: BookedPayment, charge: ProviderCharge | undefined): Difference[] {
  const { id, orderId, state, amount, cleared } = payment;
  const about = { paymentId: id, orderId, reference: charge?.reference ?? null };
  const status = charge?.status ?? 'none';
  const differences: Difference[] = [];
  if (!expected[state].includes(status)) {
    const what = charge === undefined ? 'payment-without-charge' : 'status';
    differences.push({ what, ...about, billing: state, provider: status });
  }
  if (charge !== undefined && !sameMoney(charge.amount, amount)) {
    differences.push({ what: 'amount', ...about, billing: text(amount), provider: text(charge.amount) });
  }
  const due = holdsMoney.has(state) ? amount.amount : 0;
  if (cleared !== due) {
    differences.push({ what: 'ledger', ...about, billing: `${state}, cleared ${cleared}`, provider: status });
  }
  return differences;
}

/** A charge that no payment asked for. */
export function unknownCharge({ reference, status, idempotencyKey }: ProviderCharge): Difference {
  return {
    what: 'charge-without-payment',
    paymentId: null,
    orderId: null,
    reference,
    billing: `no payment of key ${idempotencyKey}`,
    provider: status,
  };
}

function text({ amount, currency }: Money): string {
  return `${amount} ${currency}`;
}
