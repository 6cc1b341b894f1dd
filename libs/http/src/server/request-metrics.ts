import { type AttributesOf, metersOn, recorder, stopwatch } from '@dozen/telemetry';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { httpMetrics } from '../metrics.js';
import { isHealthPath } from './health-routes.js';
import { BROKEN_OFF, methodOf } from './semantics.js';

type Outcome = AttributesOf<typeof httpMetrics.requestDuration>;

/** One measurement per answered or broken-off request, by the route's template: a URL has ids in it. */
export function requestMetrics(fastify: FastifyInstance): void {
  if (!metersOn()) return;
  const duration = recorder(httpMetrics.requestDuration);
  const begun = new WeakMap<FastifyRequest, () => number>();
  const record = (request: FastifyRequest, outcome: Outcome): void => {
    const seconds = begun.get(request);
    begun.delete(request);
    if (seconds !== undefined) duration.record(seconds(), { ...about(request), ...outcome });
  };
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (!isHealthPath(request.url)) begun.set(request, stopwatch());
    done();
  });
  fastify.addHook('onResponse', (request, { statusCode }, done) => {
    const failed = statusCode >= 500 ? { 'error.type': String(statusCode) } : {};
    record(request, { 'http.response.status_code': statusCode, ...failed });
    done();
  });
  fastify.addHook('onRequestAbort', (request, done) => {
    record(request, { 'error.type': BROKEN_OFF });
    done();
  });
}

function about(request: FastifyRequest) {
  const { url } = request.routeOptions;
  return { 'http.request.method': methodOf(request), ...(url === undefined ? {} : { 'http.route': url }) };
}
