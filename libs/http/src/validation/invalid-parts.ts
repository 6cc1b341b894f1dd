import type { ArgumentMetadata } from '@nestjs/common';
import type { InvalidPart } from '../problems/problem-error.js';
import { shown } from '../problems/shown.js';

/** An issue of the Standard Schema; `keys` is zod's, of an object that has some which its schema does not know. */
export interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  readonly keys?: readonly string[];
}

/** Mistakes of one request: `parts` has the first `MOST_PARTS` of all. */
export interface Findings {
  readonly parts: InvalidPart[];
  total: number;
}

/** A body can hold a hundred thousand mistakes; whoever has to mend them begins with the first. */
export const MOST_PARTS = 20;
/** A pointer that would be longer leads to what holds the place: keys may be as long as the body. */
const MOST_POINTER = 200;

/** Schema issues as RFC 9457 `errors`: body issues get a JSON Pointer in fragment form, the others their parameter's name. */
export function invalidParts(issues: readonly Issue[], metadata: ArgumentMetadata): Findings {
  const found: Findings = { parts: [], total: 0 };
  for (const issue of issues) {
    const keys = issue.keys ?? [];
    found.total += Math.max(1, keys.length);
    const room = MOST_PARTS - found.parts.length;
    if (room <= 0) continue;
    if (keys.length === 0) found.parts.push(invalidPart(issue, metadata));
    for (const key of keys.slice(0, room)) {
      const path = [...(issue.path ?? []), key];
      found.parts.push(invalidPart({ message: `not known here: ${JSON.stringify(key)}`, path }, metadata));
    }
  }
  return found;
}

function invalidPart(issue: Issue, { type, data }: ArgumentMetadata): InvalidPart {
  const path = (issue.path ?? []).map((step) => String(typeof step === 'object' ? step.key : step));
  const steps = data === undefined ? path : [data, ...path];
  const detail = shown(issue.message);
  const parameter = steps.length > 0 ? { parameter: shown(steps.join('.')) } : {};
  switch (type) {
    case 'body':
      return { in: 'body', detail, pointer: jsonPointer(steps) };
    case 'query':
      return { in: 'query', detail, ...parameter };
    case 'param':
      return { in: 'path', detail, ...parameter };
    default:
      return { in: 'header', detail, ...parameter };
  }
}

/** RFC 6901 section 6: `~` and `/` escaped, then percent-encoded as a URI fragment. */
export function jsonPointer(steps: readonly string[]): string {
  let pointer = '#';
  for (const step of steps) {
    // Half of a surrogate pair has no form in a URI.
    const longer = `${pointer}/${encodeURIComponent(step.toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1'))}`;
    if (longer.length > MOST_POINTER) break;
    pointer = longer;
  }
  return pointer;
}
