import { chargeKey } from '../domain/payment.js';
import {
  type BookedPayment,
  compare,
  type Difference,
  isOpen,
  type ProviderCharge,
  unknownCharge,
} from '../domain/reconciliation.js';
import type { PaymentProvider } from './ports.js';

/** What reconciliation reads of the ledger: all payments, in pages, or a single one. */
export interface Books {
  payments(): AsyncIterable<BookedPayment>;
  payment(id: string): Promise<BookedPayment | undefined>;
}

/** What it reads of the provider. */
export type Charges = Pick<PaymentProvider, 'charges' | 'chargeOf'>;

export interface Reconciliation {
  readonly payments: number;
  readonly charges: number;
  /** Payments without a final state: the provider may know more about them. */
  readonly open: number;
  readonly differences: readonly Difference[];
}

/**
 * Compares ledger and provider, payment by payment, while both go on: what seems to differ is looked at once more, since
 * the two sides were not read at the same moment. Holds all charges in memory, some 300 bytes each.
 */
export async function reconcile(books: Books, provider: Charges): Promise<Reconciliation> {
  const charges = new Map<string, ProviderCharge>();
  for await (const charge of provider.charges()) charges.set(charge.idempotencyKey, charge);
  const total = charges.size;
  const suspects: string[] = [];
  let [payments, open] = [0, 0];
  for await (const payment of books.payments()) {
    payments += 1;
    if (isOpen(payment)) open += 1;
    const key = chargeKey(payment);
    if (compare(payment, charges.get(key)).length > 0) suspects.push(payment.id);
    charges.delete(key);
  }
  const differences: Difference[] = [];
  for (const id of suspects) differences.push(...(await lookAgain(books, provider, id)));
  for (const charge of charges.values()) differences.push(...(await ownerless(books, provider, charge)));
  return { payments, charges: total, open, differences };
}

/** A charge read between two equal readings of its payment belongs to that state of it. */
async function lookAgain(books: Books, provider: Charges, paymentId: string): Promise<Difference[]> {
  for (;;) {
    const before = await books.payment(paymentId);
    const charge = await provider.chargeOf(chargeKey({ id: paymentId }));
    const after = await books.payment(paymentId);
    if (after === undefined) return charge === undefined ? [] : [unknownCharge(charge)];
    if (before?.state === after.state) return compare(after, charge);
  }
}

/** A charge whose payment was not there yet when the payments were read, or is nowhere. */
async function ownerless(books: Books, provider: Charges, charge: ProviderCharge): Promise<Difference[]> {
  const [, paymentId] = /^([0-9a-f-]{36}):charge$/.exec(charge.idempotencyKey) ?? [];
  return paymentId === undefined ? [unknownCharge(charge)] : lookAgain(books, provider, paymentId);
}
