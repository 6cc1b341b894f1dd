import type { FastifyReply } from 'fastify';
import type { ProblemKind } from './catalogue.js';
import type { Classified } from './classify.js';
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

/**
 * Makes the problems of an application. `typeBase` is the address of the page that explains the codes: `type` is then a
 * link to the code's entry there. Without it `type` is a URN, which only names the code.
 */
export class Problems {
  constructor(private readonly typeBase?: string) {}

  body(
    code: string,
    kind: ProblemKind,
    occurrence: { requestId: string; detail?: string | undefined; errors?: readonly InvalidPart[] | undefined },
  ): Problem {
    const { detail, errors = [], requestId } = occurrence;
    return {
      type: this.typeOf(code),
      title: kind.title,
      status: kind.status,
      code,
      ...(detail !== undefined && detail !== '' && { detail: shown(detail) }),
      instance: `urn:dozen:request:${requestId}`,
      ...(errors.length > 0 && { errors }),
    };
  }

  /** Also for hooks that answer before Nest is reached. */
  send(reply: FastifyReply, requestId: string, { code, kind, detail, errors, headers = {} }: Classified): void {
    const body = this.body(code, kind, { requestId, detail, errors });
    void reply
      .code(kind.status)
      .headers({
        ...(kind.retryAfter !== undefined && { 'Retry-After': String(kind.retryAfter) }),
        ...kind.headers,
        ...headers,
        'Cache-Control': 'no-store',
        'Content-Type': PROBLEM_MEDIA_TYPE,
      })
      // Bytes, because Fastify adds a charset to text, which this media type does not have.
      .send(Buffer.from(JSON.stringify(body)));
  }

  /** The anchor of a code in docs/errors.md is the code in small letters. */
  private typeOf(code: string): string {
    return this.typeBase === undefined ? `urn:dozen:problem:${code}` : `${this.typeBase}#${code.toLowerCase()}`;
  }
}
