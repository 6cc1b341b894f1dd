import type { UnitOfWork } from '@dozen/database';
import type { Invoice } from '../domain/invoice.js';
import type { LedgerTransaction } from '../domain/ledger.js';
import type { ChargeAnswer, ChargeRequest, Payment } from '../domain/payment.js';
import type { ProviderCharge } from '../domain/reconciliation.js';

/** Abstract classes, because they are their own injection tokens. */
export abstract class Invoices {
  /** The order's invoice, if it has one: then `invoice` was not added. */
  abstract add(unit: UnitOfWork, invoice: Invoice): Promise<Invoice | undefined>;
}

export abstract class Payments {
  /** As committed, outside of any unit. */
  abstract find(id: string): Promise<Payment | undefined>;
  /** Holds the payment's row until the unit ends: timer and answer meet there, the first legal change wins. */
  abstract lock(unit: UnitOfWork, id: string): Promise<Payment | undefined>;
  /** The same, by the order that it pays. */
  abstract lockOfOrder(unit: UnitOfWork, orderId: string): Promise<Payment | undefined>;
  abstract add(unit: UnitOfWork, payment: Payment): Promise<void>;
  abstract save(unit: UnitOfWork, payment: Payment): Promise<void>;
}

/** Append-only. */
export abstract class Ledger {
  abstract book(unit: UnitOfWork, transaction: LedgerTransaction): Promise<void>;
}

/**
 * Whoever moves the money. All throw BIL-PROVIDER-TIMEOUT and BIL-PROVIDER-UNAVAILABLE when the outcome is not known: ask
 * again with the same key; BIL-PROVIDER-UNAUTHORIZED when an operator must set the key right, which changes nothing for the
 * payment; BIL-PROVIDER-KEY-REUSED, BIL-PROVIDER-REFUSED, BIL-PROVIDER-ANSWER when asking again will not
 * help by itself.
 */
export abstract class PaymentProvider {
  /** Charges once per key, however often it is called. */
  abstract charge(request: ChargeRequest, signal: AbortSignal): Promise<ChargeAnswer>;
  /** From then on nothing is charged under the key, also when it never came; a charge that happened is the answer. */
  abstract void(idempotencyKey: string, signal: AbortSignal): Promise<ChargeAnswer>;
  /** Gives all of a charge back, once. */
  abstract refund(reference: string, signal: AbortSignal): Promise<ChargeAnswer>;
  /** What it has in its books, oldest first. Read in pages. */
  abstract charges(): AsyncIterable<ProviderCharge>;
  abstract chargeOf(idempotencyKey: string): Promise<ProviderCharge | undefined>;
}
