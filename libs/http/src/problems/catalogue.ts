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

/**
 * Codes that libs/http itself raises, plus the answers to what Fastify and PostgreSQL throw.
 *
 * | code | where | meaning | what to do |
 * |---|---|---|---|
 * | HTTP-BAD-REQUEST | request | The request is malformed: it is no HTTP, has no `Host` or two, or the framework refuses it. | Mend the client. The `detail` says what is wrong. |
 * | HTTP-BAD-JSON | request | The body is empty, or is not valid JSON. | Send a body that is JSON. |
 * | HTTP-NOT-UTF8 | request | The body has bytes that are not UTF-8. | Encode the body in UTF-8. |
 * | HTTP-VALIDATION | request | The request does not match its schema. `errors` lists what is wrong, with a pointer to each part. | Correct the parts that `errors` names. |
 * | HTTP-FORBIDDEN | request | The service does not allow the request. | Ask with the rights that the route needs. |
 * | HTTP-NOT-FOUND | request | No route has this path, or the process does not serve it. | Check the path. Each service lists its routes in its README. |
 * | HTTP-METHOD-NOT-ALLOWED | request | The path exists, but not with this method. | Use a method that the header `Allow` names. |
 * | HTTP-REQUEST-TIMEOUT | request | The request came too slowly: it was not complete after 30 s. | Send it again, on a faster connection. Proxies should buffer what slow clients send. |
 * | HTTP-BODY-TOO-LARGE | request | The body is larger than `HTTP_BODY_LIMIT_BYTES`. | Send less at a time, or have an operator raise the limit. |
 * | HTTP-URI-TOO-LONG | request | The URL, or a part of it, is longer than the server takes. | Shorten the URL. |
 * | HTTP-MEDIA-TYPE | request | The media type of the body is not supported. | Send `Content-Type: application/json`, in UTF-8. |
 * | HTTP-CONTENT-CODING | request | The body is compressed or coded in another way. | Send the body as it is, without `Content-Encoding`. |
 * | HTTP-EXPECTATION | request | The header `Expect` asks for something that the server does not do. | Leave the header `Expect` out. |
 * | HTTP-HEADERS-TOO-LARGE | request | The header fields have more than 16 kB. | Send fewer or shorter headers. In a browser, delete the cookies of the site. |
 * | HTTP-UNAVAILABLE | request | A backing service, as a rule the database, does not answer. | Ask again after `Retry-After`, with the same `Idempotency-Key`. An operator looks at `/readyz` and at the database. |
 * | HTTP-STARTING | request | The process has not started yet. | Ask again after `Retry-After`. Load balancers should look at `/readyz` before they send requests. |
 * | AUTH-REQUIRED | request | The request has neither a bearer token nor a session that lives. A stream of events also ends with this code when its session is over. | Send `Authorization: Bearer …`, or begin a session. |
 * | AUTH-INVALID-TOKEN | request | The bearer token is expired, is for another audience, or is not signed by the issuer. | Get a new token. If all tokens are refused, an operator compares `AUTH_ISSUER`, `AUTH_JWKS_URL` and the clocks. |
 * | AUTH-SCOPE | request | The bearer token lacks a scope that the route needs. The `detail` names it. | Ask the issuer for a token with the scope. |
 * | AUTH-CROSS-ORIGIN | request | A page of another origin tried to change something with the session of a browser. | Send such requests from pages of the same origin, or with a bearer token. Behind a proxy an operator checks `TRUSTED_PROXY_HOPS`. |
 * | SESSION-UNAVAILABLE | request, background | The session store does not answer. Requests with a bearer token go on. | Ask again after `Retry-After`. An operator looks at the store that `SESSION_STORE_URL` names. |
 * | AUTH-UNAVAILABLE | request | Tokens cannot be checked, since the keys of their issuer cannot be fetched. | Ask again after `Retry-After`. An operator looks at the issuer and at `AUTH_JWKS_URL`. |
 * | IDEMPOTENCY-KEY-MISSING | request | The route requires the header `Idempotency-Key`, and it is missing. | Send a key that is new for each order, and the same one when a request is repeated. |
 * | IDEMPOTENCY-KEY-INVALID | request | The header `Idempotency-Key` is malformed. | Send 1 to 255 characters as a quoted string, such as `"first-order"`. |
 * | IDEMPOTENCY-IN-FLIGHT | request | An equal request with the same key is still being handled. | Ask again after `Retry-After`, with the same key. The answer of the first request then comes. |
 * | IDEMPOTENCY-KEY-REUSED | request | The `Idempotency-Key` was used with another method, path or body. | Use a new key for a new request. |
 * | INTERNAL | request | Something went wrong that no client is meant to know more about. | Tell an operator the `instance` of the answer. The log has the cause, under that id as `correlation_id`. |
 */
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
