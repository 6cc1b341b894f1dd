import { defineMetrics, QUICK_BUCKETS } from '@dozen/telemetry';

/** What this library measures. See docs/telemetry.md for all of them. */
export const cacheMetrics = defineMetrics({
  operationDuration: {
    name: 'dozen.cache.operation.duration',
    kind: 'histogram',
    unit: 's',
    description:
      'Answers of the cache; error.type when it failed or was too slow. While it is known to fail nobody asks it.',
    attributes: ['db.system.name', 'dozen.cache.operation', 'error.type'],
    buckets: QUICK_BUCKETS,
  },
  reads: {
    name: 'dozen.cache.reads',
    kind: 'counter',
    unit: '{read}',
    description: 'hit, miss (nothing there, or too old), failed (the cache did not answer, or was not asked).',
    attributes: ['dozen.outcome'],
  },
});
