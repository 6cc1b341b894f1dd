import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ProblemError } from '../problems/problem-error.js';

/*
 * draft-ietf-httpapi-idempotency-key-header: the value is a structured-field string (RFC 8941), so it stands in quotes.
 * Most clients in the field send it bare, so that is accepted as well when it is made of characters that need no
 * quoting; "abc" and abc are the same key. 255 characters at most, as the table holds.
 */
const QUOTED = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,255})"$/;
const BARE = /^[A-Za-z0-9._~:+/=-]{1,255}$/;

/** The key that a header value carries. @throws IDEMPOTENCY-KEY-MISSING, IDEMPOTENCY-KEY-INVALID */
export function parseIdempotencyKey(header: string | readonly string[] | undefined): string {
  const value = typeof header === 'string' ? header.trim() : header;
  if (value === undefined || value === '') {
    throw new ProblemError(
      'IDEMPOTENCY-KEY-MISSING',
      'send a new Idempotency-Key with each order, the same one with each retry',
    );
  }
  if (typeof value === 'string') {
    const quoted = QUOTED.exec(value)?.[1];
    if (quoted !== undefined) {
      return quoted.replace(/\\(["\\])/g, '$1');
    }
    if (BARE.test(value)) {
      return value;
    }
  }
  throw new ProblemError(
    'IDEMPOTENCY-KEY-INVALID',
    'a string of 1 to 255 printable ASCII characters in double quotes is expected',
  );
}

/** The request's Idempotency-Key, which is required. Throws as `parseIdempotencyKey`. */
export const IdempotencyKey = createParamDecorator((_data: unknown, context: ExecutionContext): string =>
  parseIdempotencyKey(context.switchToHttp().getRequest<FastifyRequest>().headers['idempotency-key']),
);
