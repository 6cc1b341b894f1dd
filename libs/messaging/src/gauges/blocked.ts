import { type GaugesOptions, observeGauges } from '@dozen/telemetry';
import type { BlockedPartition } from '../inbox/consume/blocked-partitions.js';
import { messagingMetrics as metrics } from '../metrics.js';

/** What this process' own consumer knows, and nobody else can: which error a partition waits for. Returns what ends it. */
export function observeBlocked(options: {
  consumer: { readonly blocked: readonly BlockedPartition[] };
  onError: GaugesOptions['onError'];
}): () => void {
  const { consumer, onError } = options;
  return observeGauges({
    gauges: [metrics.blocked],
    onError,
    look(observe) {
      for (const { topic, partition, code, blockedMs } of consumer.blocked) {
        observe(metrics.blocked, blockedMs / 1000, {
          'messaging.destination.name': topic,
          'messaging.destination.partition.id': String(partition),
          ...(code === undefined ? {} : { 'error.type': code }),
        });
      }
    },
  });
}
