import { type GaugesOptions, observeGauges } from '@dozen/telemetry';
import type { BrokerAdmin } from '../broker/port.js';
import { messagingMetrics as metrics } from '../metrics.js';

/**
 * Asks the broker where the group stands, once per export, and not the consumer: one that is stuck or away is what the
 * metric is for. Several processes may say the same: take the maximum. Returns what ends it.
 */
export function observeLag(options: {
  broker: Pick<BrokerAdmin, 'ranges'>;
  group: string;
  topics: readonly string[];
  onError: GaugesOptions['onError'];
}): () => void {
  const { broker, group, topics, onError } = options;
  return observeGauges({
    gauges: [metrics.lag],
    onError,
    async look(observe) {
      for (const { topic, partition, committed, low, high } of await broker.ranges(group, topics)) {
        // A group that never committed begins with the log, and one that was away too long as well.
        const next = committed === undefined || BigInt(committed) < BigInt(low) ? low : committed;
        observe(metrics.lag, Math.max(0, Number(BigInt(high) - BigInt(next))), {
          'messaging.destination.name': topic,
          'messaging.destination.partition.id': String(partition),
        });
      }
    },
  });
}
