import type { KafkaInboxServer } from '@dozen/messaging';
import type { Health, Lifecycle } from '@dozen/shutdown';

/** The name of the liveness check that the stall detector obeys. */
export const PROGRESS = 'progress';

/**
 * A consumer that no longer moves leaves its group, so that others take its partitions over; /livez says no from then
 * on. It does not wait for the platform: without a liveness probe the partitions would stand still for ever.
 */
export function leaveWhenStalled(parts: {
  inbox: KafkaInboxServer;
  health: Health;
  lifecycle: Lifecycle;
  everyMs: number;
}): void {
  const { inbox, health, lifecycle, everyMs } = parts;
  const timer = setInterval(() => void look(inbox, health), everyMs);
  timer.unref();
  lifecycle.onDrain('consumers', 'stall detector', () => clearInterval(timer));
}

/** Never rejects: neither a report nor leaving does. */
async function look(inbox: KafkaInboxServer, health: Health): Promise<void> {
  const progress = (await health.report('live')).checks[PROGRESS];
  if (progress?.ok === false && inbox.leftBecause === undefined) await inbox.leaveGroup(progress.reason);
}
