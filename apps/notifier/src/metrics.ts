import { defineMetrics, DURATION_BUCKETS } from '@dozen/telemetry';

/** What the notifier measures beside its libraries. See docs/telemetry.md for all metrics. */
export const notifierMetrics = defineMetrics({
  deliveryDuration: {
    name: 'dozen.mail.delivery.duration',
    kind: 'histogram',
    unit: 's',
    description: 'Conversations with the mail server. error.type when the mail will be tried again.',
    attributes: ['error.type'],
    buckets: DURATION_BUCKETS,
  },
});
