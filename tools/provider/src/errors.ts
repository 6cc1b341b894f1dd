/**
 * Every code that the provider answers besides a charge, with its HTTP status. The body is `{ code, message }`.
 *
 * | code | where | meaning | what to do |
 * |---|---|---|---|
 * | PROVIDER-UNAUTHORIZED | request | The request shows no key as a bearer token, or not the right one. Nothing was looked at. | Set `PAYMENT_PROVIDER_KEY` to one value at the provider and at billing. |
 * | PROVIDER-KEY-MISSING | request | A charge has no `Idempotency-Key`, or one that is empty or too long. | Send a key of 1 to 255 characters. |
 * | PROVIDER-INVALID | request | The body is no charge. The message lists every mistake. | Correct the body. |
 * | PROVIDER-NOT-FOUND | request | There is no such charge, or nothing is known of the key. | Check the id or the key. |
 * | PROVIDER-NOT-REFUNDABLE | request | The charge took no money, so it cannot give it back. | There is nothing to refund. |
 * | PROVIDER-KEY-REUSED | request | The key came before, with another body. | Use a new key for a new charge. |
 * | PROVIDER-UNAVAILABLE | request | The outage that the simulator plays, or its end: the effect may have happened or not. | Ask again with the same key. |
 * | PROVIDER-FAILURE | request | The simulator itself made a mistake, or its disk is full. | Read the stack on its stderr. |
 */
export const providerErrors = {
  'PROVIDER-UNAUTHORIZED': 401,
  'PROVIDER-KEY-MISSING': 400,
  'PROVIDER-INVALID': 400,
  'PROVIDER-NOT-FOUND': 404,
  'PROVIDER-NOT-REFUNDABLE': 409,
  'PROVIDER-KEY-REUSED': 422,
  'PROVIDER-UNAVAILABLE': 503,
  'PROVIDER-FAILURE': 500,
} as const;

export type ProviderErrorCode = keyof typeof providerErrors;

export class ProviderError extends Error {
  override readonly name = 'ProviderError';

  constructor(
    readonly code: ProviderErrorCode,
    message: string,
  ) {
    super(message);
  }
}
