import type { Money } from '@dozen/kernel';
import type { Payment } from './payment.js';

/**
 * `receivable:<order>` is what a customer owes for an order, `revenue` what was sold, `provider_clearing` what the
 * provider has taken for us. A balance is the sum of an account's entries; it is stored nowhere.
 */
export type LedgerAccount = `receivable:${string}` | 'revenue' | 'provider_clearing';

/** Debits are positive, credits negative; minor units. */
export interface LedgerEntry {
  readonly account: LedgerAccount;
  readonly amount: Money;
}

export const bookings = ['invoice', 'capture', 'cancellation', 'refund'] as const;
export type Booking = (typeof bookings)[number];

/** Entries that sum to zero. A payment has each kind of booking at most once. */
export interface LedgerTransaction {
  readonly paymentId: string;
  readonly booking: Booking;
  readonly entries: readonly LedgerEntry[];
}

type Side = LedgerAccount | 'receivable';

/**
 * The plan of accounts: what each booking debits and credits. A cancellation takes the invoice back; a refund does so for
 * one that was paid, and the money goes back with it.
 */
const plan: Readonly<Record<Booking, { readonly debit: Side; readonly credit: Side }>> = {
  invoice: { debit: 'receivable', credit: 'revenue' },
  capture: { debit: 'provider_clearing', credit: 'receivable' },
  cancellation: { debit: 'revenue', credit: 'receivable' },
  refund: { debit: 'revenue', credit: 'provider_clearing' },
};

/** One booking over the whole amount of a payment. */
export function book(booking: Booking, payment: Pick<Payment, 'id' | 'orderId' | 'amount'>): LedgerTransaction {
  const { debit, credit } = plan[booking];
  const { amount, currency } = payment.amount;
  const account = (side: Side): LedgerAccount => (side === 'receivable' ? `receivable:${payment.orderId}` : side);
  return {
    paymentId: payment.id,
    booking,
    entries: [
      { account: account(debit), amount: { amount, currency } },
      // 0 - x, since -0 is another number to PostgreSQL's driver and to tests.
      { account: account(credit), amount: { amount: 0 - amount, currency } },
    ],
  };
}
