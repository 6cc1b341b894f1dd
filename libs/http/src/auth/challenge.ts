import { ProblemError } from '../problems/problem-error.js';
import { shown } from '../problems/shown.js';

/*
 * The refusals of RFC 6750 section 3. Without credentials the challenge has no error code; with a bad token it is
 * invalid_token; with too little of a token it is insufficient_scope and a 403.
 */
const REALM = 'Bearer realm="dozen"';

export function tokenRequired(): ProblemError {
  return new ProblemError('AUTH-REQUIRED', 'send `Authorization: Bearer <token>`', {
    headers: { 'WWW-Authenticate': REALM },
  });
}

export function invalidToken(reason: string, cause: unknown): ProblemError {
  return new ProblemError('AUTH-INVALID-TOKEN', reason, {
    headers: { 'WWW-Authenticate': `${REALM}, error="invalid_token", error_description="${quotable(reason)}"` },
    cause,
  });
}

export function insufficientScope(needed: readonly string[]): ProblemError {
  return new ProblemError('AUTH-SCOPE', `needs ${needed.join(' ')}`, {
    headers: { 'WWW-Authenticate': `${REALM}, error="insufficient_scope", scope="${needed.join(' ')}"` },
  });
}

/** error_description may hold %x20-21 / %x23-5B / %x5D-7E only; a reason may repeat what stands in the token. */
function quotable(text: string): string {
  return shown(text).replace(/[^\x20-\x7e]|["\\]/g, "'");
}
