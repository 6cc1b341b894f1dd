import type { DozenError } from '@dozen/kernel';
import { messagingPolicy } from '../../policy.js';

/**
 * When a message that has failed `attempts` times is tried again, in ms from now; null when an operator must decide:
 * it is out of attempts, or its error is permanent (the decoder's refusals, and what a domain declares so).
 */
export function retryInMs(
  error: DozenError,
  attempts: number,
  delaysMs: readonly number[] = messagingPolicy.retryDelaysMs,
): number | null {
  return error.permanent ? null : (delaysMs[attempts - 1] ?? null);
}
