import { type Logger, runWithTrace } from '@dozen/telemetry';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isHealthPath } from './health-routes.js';

/**
 * Logs one line per request, answered or broken off. The line has the route's pattern and not the URL: ids and query strings
 * may be personal, and patterns can be counted. Probes are logged at debug.
 */
export function accessLog(fastify: FastifyInstance, logger: Logger): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const fields = {
      ...fieldsOf(request),
      http_status: reply.statusCode,
      duration_ms: Math.round(reply.elapsedTime * 10) / 10,
    };
    runWithTrace(request.trace, () => logger[isHealthPath(request.url) ? 'debug' : 'info'](fields, 'request'));
    done();
  });
  fastify.addHook('onRequestAbort', (request, done) => {
    // No `reply` here, and no status: the caller is gone.
    runWithTrace(request.trace, () => logger.info(fieldsOf(request), 'request aborted by the client'));
    done();
  });
}

function fieldsOf(request: FastifyRequest): Record<string, unknown> {
  return {
    http_method: request.method,
    http_route: request.routeOptions.url ?? '(none)',
    request_id: request.id,
  };
}
