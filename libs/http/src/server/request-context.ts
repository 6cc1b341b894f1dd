import { newId } from '@dozen/kernel';
import { childOf, newTrace, runWithTrace, type TraceContext } from '@dozen/telemetry';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { AuthenticatedUser } from '../auth/token-verifier.js';
import { type RequestScope, requestScope } from './request-scope.js';

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
  fastify.decorateRequest('user', null);
  fastify.decorateRequest('trace');
  fastify.decorateRequest('scope');
  fastify.addHook('onRequest', (request, reply, done) => {
    request.trace = traceOf(request);
    request.scope = { invalid: [] };
    void reply.header('X-Request-Id', request.id);
    runWithTrace(request.trace, () => requestScope.run(request.scope, done));
  });
}

function traceOf(request: FastifyRequest): TraceContext {
  const { traceparent } = request.headers;
  // A malformed one is ignored, as the standard asks: childOf then begins a new trace.
  const span = typeof traceparent === 'string' ? childOf(traceparent) : newTrace().traceparent;
  return { traceparent: span, correlationId: request.id };
}
