import type { ProblemKind } from './catalogue.js';
import type { InvalidPart } from './problem-error.js';
import { shown } from './shown.js';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** The body of every answer ≥ 400: RFC 9457 with our stable `code`. Branch on `code`, show `detail`. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  /** Names this occurrence: the request id, which the logs carry as `correlation_id`. */
  readonly instance: string;
  /** Every mistake at once, of many the first ones; only with HTTP-VALIDATION. */
  readonly errors?: readonly InvalidPart[];
}

export function problemType(code: string): string {
  return `urn:dozen:problem:${code}`;
}

export function problem(
  code: string,
  kind: ProblemKind,
  occurrence: { requestId: string; detail?: string; errors?: readonly InvalidPart[] },
): Problem {
  const { detail, errors = [], requestId } = occurrence;
  return {
    type: problemType(code),
    title: kind.title,
    status: kind.status,
    code,
    ...(detail !== undefined && detail !== '' && { detail: shown(detail) }),
    instance: `urn:dozen:request:${requestId}`,
    ...(errors.length > 0 && { errors }),
  };
}
