import { DozenError } from '@dozen/kernel';

/*
 * Every error of billing. An error that a handler throws parks the message; an error that a job throws fails this attempt.
 * Errors that block an order are permanent: the message contradicts itself or what is booked, and no attempt will change that.
 *
 * | code | where | meaning | what to do |
 * |---|---|---|---|
 * | BIL-TOTAL-MISMATCH | message | The lines of an `OrderPlaced` do not add up to its total. Later events of the order wait behind it. | This is a defect of whoever published the event. Have it mended, then fix or discard the dead letter. |
 * | BIL-DUPLICATE-INVOICE | message | The order has an invoice already, and its content is another one. Later events of the order wait behind it. | Compare the dead letter with the invoice, which is what is charged. Discard the dead letter if the invoice is right. |
 * | BIL-PAYMENT-UNKNOWN | message, job | A payment that must be there is not: the `OrderPlaced` of its order was discarded, or the database was restored or edited by hand. | Restore the payment's row and replay the dead letter, or discard it if there never was a payment. `reconciliation` tells what the provider knows of the payment. |
 * | BIL-PROVIDER-TIMEOUT | job, command | The payment provider gave no answer in time, so the outcome is unknown. The next attempt asks with the same key, and nothing is charged twice. | Wait. If it goes on, look at the provider's status page and at `PAYMENT_PROVIDER_TIMEOUT_MS`. |
 * | BIL-PROVIDER-UNAVAILABLE | job, command | The payment provider cannot be reached, or answered 5xx or 429. The outcome is unknown, and the next attempt asks with the same key. | Wait. If it goes on, look at the provider's status page and at `PAYMENT_PROVIDER_URL`. |
 * | BIL-PROVIDER-UNAUTHORIZED | job, command | The payment provider answered 401 or 403. That says nothing about the card, so it is asked again. | Set the right `PAYMENT_PROVIDER_KEY` and deploy. The waiting jobs then go on by themselves. |
 * | BIL-PROVIDER-KEY-REUSED | job | The payment provider knows the idempotency key with another body. This is a defect of billing, or another system uses the same account. | Look the key up at the provider, and find out who used it before the job is replayed. |
 * | BIL-PROVIDER-REFUSED | job, command | The payment provider answered with another 4xx: it finds the request itself wrong. | Compare the request with the provider's API, mend billing or roll it back, then replay the jobs that are out of attempts. |
 * | BIL-PROVIDER-ANSWER | job, command | The payment provider gave an answer that billing does not understand, so its API has changed. | Mend the adapter in `apps/billing/src/adapters/provider`, or roll back, then replay the jobs that are out of attempts. |
 */
export type BillingErrorCode =
  | 'BIL-TOTAL-MISMATCH'
  | 'BIL-DUPLICATE-INVOICE'
  | 'BIL-PAYMENT-UNKNOWN'
  | 'BIL-PROVIDER-TIMEOUT'
  | 'BIL-PROVIDER-UNAVAILABLE'
  | 'BIL-PROVIDER-UNAUTHORIZED'
  | 'BIL-PROVIDER-KEY-REUSED'
  | 'BIL-PROVIDER-REFUSED'
  | 'BIL-PROVIDER-ANSWER';

const permanent: ReadonlySet<BillingErrorCode> = new Set<BillingErrorCode>([
  'BIL-TOTAL-MISMATCH',
  'BIL-DUPLICATE-INVOICE',
]);

/** `details` are facts for an operator: ids, amounts, statuses; never a payment token. */
export function billingError(
  code: BillingErrorCode,
  message: string,
  options: { details?: Record<string, unknown>; cause?: unknown } = {},
): DozenError {
  return new DozenError(code, message, { ...options, permanent: permanent.has(code) });
}

export function unknownPayment(details: { paymentId: string } | { orderId: string }): DozenError {
  return billingError('BIL-PAYMENT-UNKNOWN', 'the payment is not there', { details });
}
