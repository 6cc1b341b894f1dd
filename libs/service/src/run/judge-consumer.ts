import type { KafkaInboxServer } from '@dozen/messaging';
import type { CheckResult } from '@dozen/shutdown';

/**
 * A liveness check: the consumer left its group as stuck, or is in no group although the broker has answered for too
 * long. It tried other clients by then, so only another process helps.
 */
export function judgeConsumer(
  inbox: Pick<KafkaInboxServer, 'leftBecause' | 'joined' | 'silentMs'>,
  stalledMs: number,
): CheckResult {
  const { leftBecause, joined, silentMs } = inbox;
  if (leftBecause !== undefined) return { ok: false, reason: leftBecause };
  if (joined) return { ok: true };
  if (silentMs > stalledMs) {
    const seconds = Math.round(silentMs / 1000);
    return { ok: false, reason: `in no consumer group for ${seconds} s, although the broker answers` };
  }
  return { ok: true, note: silentMs > 0 ? 'joining the consumer group' : 'waiting for the broker' };
}
