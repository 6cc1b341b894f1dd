/** Every code that the provider answers besides a charge, with its HTTP status. The body is `{ code, message }`. */
export const providerErrors = {
  /** No key as a bearer token, or not the right one. Nothing was looked at. */
  'PROVIDER-UNAUTHORIZED': 401,
  /** A charge without an Idempotency-Key header. */
  'PROVIDER-KEY-MISSING': 400,
  /** The body is not a charge; `message` lists every mistake. */
  'PROVIDER-INVALID': 400,
  /** No such charge, or nothing is known of the key. */
  'PROVIDER-NOT-FOUND': 404,
  /** A charge that took no money cannot give it back. */
  'PROVIDER-NOT-REFUNDABLE': 409,
  /** The key came before, with another body. */
  'PROVIDER-KEY-REUSED': 422,
  /** The simulated outage: the effect may have happened or not. Ask again with the same key. */
  'PROVIDER-UNAVAILABLE': 503,
  /** A mistake of the simulator's own (or its disk is full); the stack is on stderr. */
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
