/** How one error code looks over HTTP. `title` is the same for every occurrence (RFC 9457 section 3.1.3). */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** Seconds; sent as `Retry-After`. */
  readonly retryAfter?: number;
  /** Sent with every occurrence. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Error code → how HTTP shows it. A `DozenError` whose code is in no catalogue is a defect and answers 500. */
export type ProblemCatalogue = Readonly<Record<string, ProblemKind>>;

/** Codes that libs/http itself raises, plus the answers to what Fastify and PostgreSQL throw. */
export const httpProblems = {
  'HTTP-BAD-REQUEST': { status: 400, title: 'The request is malformed' },
  'HTTP-BAD-JSON': { status: 400, title: 'The body is not valid JSON' },
  'HTTP-NOT-UTF8': { status: 400, title: 'The body is not UTF-8' },
  'HTTP-VALIDATION': { status: 400, title: 'The request does not match its schema' },
  'HTTP-FORBIDDEN': { status: 403, title: 'This is not allowed' },
  'HTTP-NOT-FOUND': { status: 404, title: 'There is nothing here' },
  'HTTP-METHOD-NOT-ALLOWED': { status: 405, title: 'This method is not offered here' },
  'HTTP-REQUEST-TIMEOUT': { status: 408, title: 'The request came too slowly' },
  'HTTP-BODY-TOO-LARGE': { status: 413, title: 'The body is too large' },
  'HTTP-URI-TOO-LONG': { status: 414, title: 'The URL is too long' },
  // RFC 9110 section 15.5.16: what would have been taken.
  'HTTP-MEDIA-TYPE': {
    status: 415,
    title: 'The media type of the body is not supported',
    headers: { Accept: 'application/json' },
  },
  'HTTP-CONTENT-CODING': {
    status: 415,
    title: 'The coding of the body is not supported',
    headers: { 'Accept-Encoding': 'identity' },
  },
  'HTTP-EXPECTATION': { status: 417, title: 'The expectation cannot be met' },
  'HTTP-HEADERS-TOO-LARGE': { status: 431, title: 'The header fields are too large' },
  'HTTP-UNAVAILABLE': { status: 503, title: 'A backing service does not answer', retryAfter: 2 },
  'HTTP-STARTING': { status: 503, title: 'The service is starting', retryAfter: 2 },
  'AUTH-REQUIRED': { status: 401, title: 'A bearer token is required' },
  'AUTH-INVALID-TOKEN': { status: 401, title: 'The bearer token is not valid' },
  'AUTH-SCOPE': { status: 403, title: 'The bearer token lacks a scope' },
  'AUTH-CROSS-ORIGIN': { status: 403, title: 'A page of another origin cannot use a session' },
  'SESSION-UNAVAILABLE': { status: 503, title: 'Sessions cannot be looked up at the moment', retryAfter: 2 },
  'AUTH-UNAVAILABLE': { status: 503, title: 'Tokens cannot be checked at the moment', retryAfter: 2 },
  'IDEMPOTENCY-KEY-MISSING': { status: 400, title: 'The Idempotency-Key header is required' },
  'IDEMPOTENCY-KEY-INVALID': { status: 400, title: 'The Idempotency-Key header is malformed' },
  'IDEMPOTENCY-IN-FLIGHT': { status: 409, title: 'The same request is still being handled', retryAfter: 1 },
  'IDEMPOTENCY-KEY-REUSED': { status: 422, title: 'The Idempotency-Key was used with another request' },
  INTERNAL: { status: 500, title: 'Something went wrong on our side' },
} as const satisfies ProblemCatalogue;

export type HttpProblemCode = keyof typeof httpProblems;

/** Checks a service's own table while keeping its codes as types. */
export function defineProblems<const C extends ProblemCatalogue>(catalogue: C): C {
  return catalogue;
}
