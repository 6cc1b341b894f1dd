export { AuthGuard, type SessionTokens } from './auth/auth-guard.js';
export { bearerOf } from './auth/bearer.js';
export { tokenRequired } from './auth/challenge.js';
export { CurrentUser, Public, Scopes } from './auth/decorators.js';
export { signingKeys } from './auth/signing-keys.js';
export { type AuthenticatedUser, TokenVerifier } from './auth/token-verifier.js';
export { type AuthConfig, authSection, type HttpConfig, httpSection } from './config.js';
export { IdempotencyKey, parseIdempotencyKey } from './idempotency/idempotency-key.js';
export { IdempotencyKeys, type IdempotentRequest, type StoredResponse } from './idempotency/idempotency-keys.js';
export { idempotencyMigrations } from './idempotency/migrations/index.js';
export { fewIdempotencyDays, maintainIdempotencyPartitions } from './idempotency/partitions.js';
export { requestHash } from './idempotency/request-hash.js';
export { type Cursor, decodeCursor, encodeCursor, type Page, pageQuery, type PageQuery, toPage } from './pagination.js';
export {
  defineProblems,
  type HttpProblemCode,
  httpProblems,
  type ProblemCatalogue,
  type ProblemKind,
} from './problems/catalogue.js';
export { type Problem, PROBLEM_MEDIA_TYPE } from './problems/problem.js';
export { type InvalidPart, ProblemError } from './problems/problem-error.js';
export { clearSessionCookie, sessionIdOf, sessionInUse, setSessionCookie } from './session/session-cookie.js';
export type { GateState } from './server/gate.js';
export { createHttpApp, type HttpApp, type HttpAppOptions } from './server/http-app.js';
export { ValidationPipe } from './validation/validation-pipe.js';
