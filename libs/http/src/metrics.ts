import { defineMetrics, DURATION_BUCKETS } from '@dozen/telemetry';

/** What this library measures. See docs/telemetry.md for all of them. */
export const httpMetrics = defineMetrics({
  requestDuration: {
    name: 'http.server.request.duration',
    kind: 'histogram',
    unit: 's',
    description:
      'Requests that were answered, up to the last byte, or broken off by the client (no status then). Probes and ' +
      '/version are left out. error.type is the status of an answer of the 5xx.',
    attributes: ['http.request.method', 'http.route', 'http.response.status_code', 'error.type'],
    buckets: DURATION_BUCKETS,
  },
});
