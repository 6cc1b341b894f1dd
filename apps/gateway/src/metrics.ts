import { defineMetrics } from '@dozen/telemetry';

/** What the gateway measures beside its libraries. See docs/telemetry.md for all metrics. */
export const gatewayMetrics = defineMetrics({
  openStreams: {
    name: 'dozen.sse.open',
    kind: 'gauge',
    unit: '{stream}',
    description: 'Event streams that are open in this process.',
    attributes: [],
  },
});
