import type { FastifyRequest } from 'fastify';
import { bearerOf } from '../auth/bearer.js';
import { sessionIdOf } from './session-cookie.js';

/** The id of the session that a request uses; undefined when it brings a token, which counts before any cookie. */
export function sessionInUse(request: FastifyRequest): string | undefined {
  return bearerOf(request) === undefined ? sessionIdOf(request) : undefined;
}
