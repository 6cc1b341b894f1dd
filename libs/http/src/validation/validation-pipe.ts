import { setImmediate } from 'node:timers/promises';
import { type ArgumentMetadata, Injectable, StandardSchemaValidationPipe } from '@nestjs/common';
import { ProblemError, type InvalidPart } from '../problems/problem-error.js';
import { requestScope } from '../server/request-scope.js';
import { type Findings, type Issue, invalidParts, MOST_PARTS } from './invalid-parts.js';

/** Carries the issues of one parameter from the parent's factory to `transform`, which knows where they are. */
class SchemaMismatch extends Error {
  constructor(readonly issues: readonly Issue[]) {
    super('schema mismatch');
  }
}

/**
 * Validates every parameter that declares a schema, `@Body({ schema })`, `@Query({ schema })`, `@Param('id', { schema })`,
 * and hands the handler the schema's output. Throws HTTP-VALIDATION with all mistakes of all parameters at once (of many, the first):
 * Nest runs the pipes of one request together and reports the first to fail, so a failing one waits a turn of the
 * event loop for the others to note theirs. A schema that is itself asynchronous may come too late for that.
 */
@Injectable()
export class ValidationPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: (issues) => new SchemaMismatch(issues) });
  }

  override async transform<T>(value: T, metadata: ArgumentMetadata): Promise<T> {
    try {
      return await super.transform(value, metadata);
    } catch (error) {
      if (!(error instanceof SchemaMismatch)) {
        throw error;
      }
      throw await withOthers(invalidParts(error.issues, metadata));
    }
  }

  /**
   * Nest's deletes a key `constructor` before the schema can refuse it. Nothing needs that here: a body with `__proto__` is
   * refused (bodies.ts), and what a schema gives has no keys but its own.
   */
  protected override stripProtoKeys(): void {
    // Every key is the schema's business.
  }
}

const PLACES: readonly InvalidPart['in'][] = ['path', 'query', 'header', 'body'];

async function withOthers({ parts, total }: Findings): Promise<ProblemError> {
  const found = requestScope.getStore()?.invalid ?? { parts: [], total: 0 };
  found.parts.push(...parts);
  found.total += total;
  await setImmediate();
  // Nest runs the pipes in no order that a reader would expect.
  const errors = found.parts.toSorted((a, b) => PLACES.indexOf(a.in) - PLACES.indexOf(b.in)).slice(0, MOST_PARTS);
  const more = found.total > errors.length ? `; here are the first ${errors.length}` : '';
  const detail = `${found.total} ${found.total === 1 ? 'part is' : 'parts are'} not valid${more}`;
  return new ProblemError('HTTP-VALIDATION', detail, { errors });
}
