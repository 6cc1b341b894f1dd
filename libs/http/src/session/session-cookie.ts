import { parseCookie, stringifySetCookie } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { bearerOf } from '../auth/bearer.js';

/**
 * The session's cookie. Only browsers send it, with every request: no script reads it, and no other site makes a browser send
 * it.
 */
const ATTRIBUTES = { path: '/', httpOnly: true, sameSite: 'strict' } as const;

/** The id of the session that the request's cookie names; undefined without one. */
export function sessionIdOf(request: FastifyRequest): string | undefined {
  const { cookie } = request.headers;
  return cookie === undefined ? undefined : parseCookie(cookie)[nameOn(request)];
}

/** The id of the session that a request uses; undefined when it brings a token, which counts before any cookie. */
export function sessionInUse(request: FastifyRequest): string | undefined {
  return bearerOf(request) === undefined ? sessionIdOf(request) : undefined;
}

/** Tells the browser of a session that ends then. */
export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, id: string, endsAt: Date): void {
  send(request, reply, id, endsAt);
}

/** Makes the browser forget its session. */
export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  send(request, reply, '', new Date(0));
}

function send(request: FastifyRequest, reply: FastifyReply, value: string, expires: Date): void {
  const secure = isSecure(request);
  void reply.header('set-cookie', stringifySetCookie({ ...ATTRIBUTES, name: nameOn(request), value, secure, expires }));
}

/** `__Host-`: a browser takes it over TLS alone, for this very host and all of its paths (RFC 6265bis, 4.1.3.2). */
function nameOn(request: FastifyRequest): string {
  return isSecure(request) ? '__Host-dozen-session' : 'dozen-session';
}

/** Behind proxies that end TLS: as far as TRUSTED_PROXY_HOPS lets them say so. */
function isSecure(request: FastifyRequest): boolean {
  return request.protocol === 'https';
}
