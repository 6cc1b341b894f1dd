import { isInfrastructureError } from '@dozen/database';
import { DozenError, messageOf } from '@dozen/kernel';
import { HttpException } from '@nestjs/common';
import type { HttpProblemCode, ProblemCatalogue, ProblemKind } from './catalogue.js';
import { httpProblems } from './catalogue.js';
import { type InvalidPart, ProblemError } from './problem-error.js';

/** What was thrown, as HTTP will show it. */
export interface Classified {
  readonly code: string;
  readonly kind: ProblemKind;
  readonly detail?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly errors?: readonly InvalidPart[];
}

/** Fastify's own refusals (fastify/lib/errors.js). Codes that are not here go by their status. */
const FASTIFY_CODES: Readonly<Record<string, HttpProblemCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'HTTP-BODY-TOO-LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'HTTP-MEDIA-TYPE',
  FST_ERR_CTP_INVALID_JSON_BODY: 'HTTP-BAD-JSON',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'HTTP-BAD-JSON',
};

const STATUS_CODES: Readonly<Record<number, HttpProblemCode>> = {
  400: 'HTTP-BAD-REQUEST',
  401: 'AUTH-REQUIRED',
  403: 'HTTP-FORBIDDEN',
  404: 'HTTP-NOT-FOUND',
  405: 'HTTP-METHOD-NOT-ALLOWED',
  408: 'HTTP-REQUEST-TIMEOUT',
  413: 'HTTP-BODY-TOO-LARGE',
  414: 'HTTP-URI-TOO-LONG',
  415: 'HTTP-MEDIA-TYPE',
  417: 'HTTP-EXPECTATION',
  431: 'HTTP-HEADERS-TOO-LARGE',
  503: 'HTTP-UNAVAILABLE',
};

/** The one place where errors become HTTP. Nothing that is not meant for the client gets into `detail`. */
export function classify(thrown: unknown, catalogue: ProblemCatalogue): Classified {
  if (thrown instanceof DozenError && Object.hasOwn(catalogue, thrown.code)) {
    return declared(thrown, catalogue);
  }
  if (isInfrastructureError(thrown)) {
    return own('HTTP-UNAVAILABLE');
  }
  const refusal = refusalOf(thrown);
  return refusal === undefined ? own('INTERNAL') : classifyRefusal(refusal);
}

function declared(error: DozenError, catalogue: ProblemCatalogue): Classified {
  const kind = catalogue[error.code];
  if (kind === undefined) {
    return own('INTERNAL');
  }
  const parts = error instanceof ProblemError ? { headers: error.headers, errors: error.errors } : {};
  return { code: error.code, kind, detail: error.message, ...parts };
}

function own(code: HttpProblemCode, detail?: string): Classified {
  return { code, kind: httpProblems[code], ...(detail !== undefined && { detail }) };
}

interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly fastifyCode: string | undefined;
}

/** Nest's HttpException, Fastify's error, or the HttpException that Nest wraps around Fastify's error. */
function refusalOf(thrown: unknown): Refusal | undefined {
  if (thrown instanceof HttpException) {
    return { status: thrown.getStatus(), message: thrown.message, fastifyCode: fastifyCodeOf(thrown.cause) };
  }
  if (thrown instanceof Error && 'statusCode' in thrown && typeof thrown.statusCode === 'number') {
    return { status: thrown.statusCode, message: messageOf(thrown), fastifyCode: fastifyCodeOf(thrown) };
  }
  return undefined;
}

function fastifyCodeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function classifyRefusal(refusal: Refusal): Classified {
  const known = refusal.fastifyCode === undefined ? undefined : FASTIFY_CODES[refusal.fastifyCode];
  if (known !== undefined) {
    return own(known, refusal.message);
  }
  const byStatus = STATUS_CODES[refusal.status];
  if (byStatus !== undefined) {
    return own(byStatus, refusal.status < 500 ? refusal.message : undefined);
  }
  if (refusal.status < 400 || refusal.status >= 500) {
    return own('INTERNAL');
  }
  return {
    ...own('HTTP-BAD-REQUEST', refusal.message),
    kind: { ...httpProblems['HTTP-BAD-REQUEST'], status: refusal.status },
  };
}
