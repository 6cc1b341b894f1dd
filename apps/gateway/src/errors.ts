import { DozenError } from '@dozen/kernel';

/*
 * Every error of the gateway; adapters/http/problems.ts says which of them a client may see.
 *
 * | code | where | meaning | what to do |
 * |---|---|---|---|
 * | GWY-ORDER-NOT-FOUND | request | There is no such order, it is not known yet, or it is someone else's. All three have one answer, so that ids cannot be probed. | Check the id and whose token it is. Ask again a moment later if another system placed the order. |
 * | GWY-ORDER-FINAL | request | An order was to be cancelled that is confirmed or rejected already. | Read the order: its status is final. A confirmed order cannot be cancelled by this API. |
 * | GWY-OWNER-MISMATCH | message | Two messages name different customers for one order. The first one keeps it, and the second one is parked. | Find out which producer published the second message, then discard the dead letter. |
 * | GWY-NO-MESSAGE | message | A handler ran outside of a message, which is a defect in the wiring of the gateway. | Mend the gateway: events are recorded by methods with `@Handles` alone. |
 */
export type GatewayErrorCode = 'GWY-ORDER-NOT-FOUND' | 'GWY-ORDER-FINAL' | 'GWY-OWNER-MISMATCH' | 'GWY-NO-MESSAGE';

export function gatewayError(
  code: GatewayErrorCode,
  message: string,
  details: Record<string, unknown> = {},
): DozenError {
  return new DozenError(code, message, { details, permanent: code === 'GWY-OWNER-MISMATCH' });
}
