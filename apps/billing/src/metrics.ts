import { defineMetrics, DURATION_BUCKETS } from '@dozen/telemetry';

/** What billing measures beside its libraries. See docs/telemetry.md for all metrics. */
export const billingMetrics = defineMetrics({
  providerDuration: {
    name: 'http.client.request.duration',
    kind: 'histogram',
    unit: 's',
    description:
      'Answers of the payment provider. error.type is the code of billing for one that does not tell the outcome.',
    attributes: ['http.request.method', 'url.template', 'server.address', 'error.type'],
    buckets: DURATION_BUCKETS,
  },
});
