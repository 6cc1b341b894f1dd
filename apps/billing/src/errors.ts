import { DozenError } from '@dozen/kernel';

/*
 * Every error of billing. Thrown by a handler it parks the message; thrown by a job it is an attempt that failed. Those
 * that hold an order are permanent: the message contradicts itself or what is booked, and no attempt will change that.
 *
 * | code                      | when                                                                                          |
 * |---------------------------|-----------------------------------------------------------------------------------------------|
 * | BIL-TOTAL-MISMATCH        | the lines of an OrderPlaced do not add up to its total; holds the order                       |
 * | BIL-DUPLICATE-INVOICE     | the order has an invoice already, with other content; holds the order                         |
 * | BIL-PAYMENT-UNKNOWN       | a payment that must be there is not: the database was restored or edited by hand              |
 * | BIL-PROVIDER-TIMEOUT      | no answer in time: the outcome is unknown, and the next attempt asks with the same key        |
 * | BIL-PROVIDER-UNAVAILABLE  | cannot be reached, or answered 5xx or 429: as above                                           |
 * | BIL-PROVIDER-UNAUTHORIZED | 401 or 403: PAYMENT_PROVIDER_KEY is not right; says nothing of the card, so it is asked again |
 * | BIL-PROVIDER-KEY-REUSED   | the provider knows the key with another body: a defect here, or somebody else's key           |
 * | BIL-PROVIDER-REFUSED      | another 4xx: the request itself is wrong for the provider (its API)                           |
 * | BIL-PROVIDER-ANSWER       | an answer that the adapter does not understand: the provider's API has changed                |
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
