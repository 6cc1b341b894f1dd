import { newId } from '@dozen/kernel';
import {
  childTrace,
  type OpenSpan,
  openSpan,
  parseTraceparent,
  runWithTrace,
  spans,
  type TraceContext,
} from '@dozen/telemetry';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { AuthenticatedUser } from '../auth/token-verifier.js';
import { isHealthPath } from './health-routes.js';
import { type RequestScope, requestScope } from './request-scope.js';
import { BROKEN_OFF, methodOf } from './semantics.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The span of this request; its correlation id is the request id. */
    trace: TraceContext;
    /** Set by the guard; null before it, and on public routes without a token. */
    user: AuthenticatedUser | null;
    /** What the validation pipes of this request have found. */
    scope: RequestScope;
  }
}

type RequestSpan = OpenSpan<typeof spans.request>;

/** What callers may choose themselves: it gets into logs, headers and URNs. */
const REQUEST_ID = /^[A-Za-z0-9._:-]{1,64}$/;

/** The caller's `X-Request-Id` when it is harmless, else a new id. Becomes the correlation id of all that follows. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : newId();
}

/**
 * Starts or continues a trace (W3C `traceparent`) per request and keeps it current while the request is handled. Fastify
 * carries the asynchronous context over the parsing of the body, which goes on in the socket's.
 */
export function requestContext(fastify: FastifyInstance): void {
  const open = new WeakMap<FastifyRequest, RequestSpan>();
  fastify.decorateRequest('user', null);
  fastify.decorateRequest('trace');
  fastify.decorateRequest('scope');
  fastify.addHook('onRequest', (request, reply, done) => {
    const parent = parentOf(request);
    const span = isHealthPath(request.url) ? undefined : openSpan(spans.request, { ...about(request), parent });
    if (span !== undefined) open.set(request, span);
    request.trace = { ...(span?.trace ?? childTrace(parent)), correlationId: request.id };
    request.scope = { invalid: { parts: [], total: 0 } };
    void reply.header('X-Request-Id', request.id);
    runWithTrace(request.trace, () => requestScope.run(request.scope, done));
  });
  fastify.addHook('onResponse', (request, { statusCode }, done) => {
    const span = open.get(request);
    span?.set({ 'http.response.status_code': statusCode });
    span?.end(statusCode >= 500 ? { thrown: { code: String(statusCode) } } : undefined);
    done();
  });
  fastify.addHook('onRequestAbort', (request, done) => {
    open.get(request)?.end({ thrown: { code: BROKEN_OFF } });
    done();
  });
}

/** The caller's span. A malformed one is ignored, as the standard asks: a new trace begins then. */
function parentOf({ headers: { traceparent }, id }: FastifyRequest): TraceContext | undefined {
  const known = typeof traceparent === 'string' && parseTraceparent(traceparent) !== undefined;
  return known ? { traceparent, correlationId: id } : undefined;
}

function about(request: FastifyRequest) {
  const method = methodOf(request);
  const route = request.routeOptions.url;
  return {
    name: route === undefined ? method : `${method} ${route}`,
    attributes: { 'http.request.method': method, ...(route === undefined ? {} : { 'http.route': route }) },
  };
}
