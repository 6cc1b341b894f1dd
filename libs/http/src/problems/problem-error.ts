import { DozenError } from '@dozen/kernel';
import type { HttpProblemCode } from './catalogue.js';

/** One thing wrong with a request. `pointer` is a JSON Pointer (RFC 6901) as URI fragment into the body. */
export interface InvalidPart {
  readonly in: 'body' | 'query' | 'path' | 'header';
  readonly detail: string;
  readonly pointer?: string;
  /** Name of the query parameter, path parameter or header. */
  readonly parameter?: string;
}

/** An error of libs/http: a code of `httpProblems` with what only HTTP knows about. `message` is shown to the client. */
export class ProblemError extends DozenError {
  override readonly name = 'ProblemError';
  readonly headers: Readonly<Record<string, string>>;
  readonly errors: readonly InvalidPart[];

  constructor(
    code: HttpProblemCode,
    message: string,
    options: { headers?: Record<string, string>; errors?: readonly InvalidPart[]; cause?: unknown } = {},
  ) {
    super(code, message, options.cause === undefined ? {} : { cause: options.cause });
    this.headers = options.headers ?? {};
    this.errors = options.errors ?? [];
  }
}
