import { defineMetrics, QUICK_BUCKETS } from '@dozen/telemetry';

/** What this library measures. See docs/telemetry.md for all of them. */
export const sessionMetrics = defineMetrics({
  operationDuration: {
    name: 'dozen.session.operation.duration',
    kind: 'histogram',
    unit: 's',
    description: 'Answers of the session store; error.type when it failed or was too slow.',
    attributes: ['db.system.name', 'dozen.session.operation', 'error.type'],
    buckets: QUICK_BUCKETS,
  },
});
