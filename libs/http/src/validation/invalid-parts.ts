import type { ArgumentMetadata } from '@nestjs/common';
import type { InvalidPart } from '../problems/problem-error.js';

export interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** A JSON body can hold a million mistakes; the answer names so many of them. */
const MAX_PARTS = 100;

/** Schema issues as RFC 9457 `errors`: body issues get a JSON Pointer in fragment form, the others their parameter's name. */
export function invalidParts(issues: readonly Issue[], metadata: ArgumentMetadata): InvalidPart[] {
  return issues.slice(0, MAX_PARTS).map((issue) => invalidPart(issue, metadata));
}

function invalidPart(issue: Issue, { type, data }: ArgumentMetadata): InvalidPart {
  const path = (issue.path ?? []).map((step) => String(typeof step === 'object' ? step.key : step));
  const steps = data === undefined ? path : [data, ...path];
  const { message: detail } = issue;
  switch (type) {
    case 'body':
      return { in: 'body', detail, pointer: jsonPointer(steps) };
    case 'query':
      return { in: 'query', detail, ...(steps.length > 0 && { parameter: steps.join('.') }) };
    case 'param':
      return { in: 'path', detail, ...(steps.length > 0 && { parameter: steps.join('.') }) };
    default:
      return { in: 'header', detail, ...(steps.length > 0 && { parameter: steps.join('.') }) };
  }
}

/** RFC 6901 section 6: `~` and `/` escaped, then percent-encoded as a URI fragment. */
export function jsonPointer(steps: readonly string[]): string {
  return `#${steps.map((step) => `/${encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')}`;
}
