import { DozenError } from '@dozen/kernel';

/*
 * Every error of the gateway; adapters/http/problems.ts says which of them a client may see.
 *
 * | code                | when                                                                                      |
 * |---------------------|-------------------------------------------------------------------------------------------|
 * | GWY-ORDER-NOT-FOUND | no such order, not known yet, or someone else's: one answer, so that ids cannot be probed  |
 * | GWY-ORDER-FINAL     | a cancellation of an order that is confirmed or rejected                                  |
 * | GWY-OWNER-MISMATCH  | two messages name different customers for one order; parks the second, for good           |
 * | GWY-NO-MESSAGE      | a handler ran outside of a message: a defect in the wiring                                |
 */
export type GatewayErrorCode = 'GWY-ORDER-NOT-FOUND' | 'GWY-ORDER-FINAL' | 'GWY-OWNER-MISMATCH' | 'GWY-NO-MESSAGE';

export function gatewayError(
  code: GatewayErrorCode,
  message: string,
  details: Record<string, unknown> = {},
): DozenError {
  return new DozenError(code, message, { details, permanent: code === 'GWY-OWNER-MISMATCH' });
}
