import { DozenError, type Schema, type SchemaIssue } from '@dozen/kernel';
import { databaseError, type DatabaseErrorCode } from './errors.js';

/** Of whoever publishes a message, as of whoever reads it (libs/messaging), and of whoever adds a job. */
type SchemaErrorCode = 'MSG-SCHEMA' | Extract<DatabaseErrorCode, 'JOB-SCHEMA'>;

/** Validates at once. @throws `code` with every issue in `details.issues`; MSG-SCHEMA-ASYNC for an asynchronous schema. */
export function validate<T>(schema: Schema<T>, value: unknown, code: SchemaErrorCode, subject: string): T {
  const result = schema['~standard'].validate(value);
  if (result instanceof Promise) {
    // Nobody will wait for it: its rejection must not end the process.
    result.catch(() => undefined);
    throw databaseError('MSG-SCHEMA-ASYNC', `the schema of ${subject} validates asynchronously`);
  }
  if (result.issues === undefined) return result.value;
  const issues = result.issues.map(describeIssue);
  throw new DozenError(code, `${subject}: ${issues.map((issue) => `${issue.path}: ${issue.message}`).join('; ')}`, {
    details: { issues },
  });
}

/** `items.0.sku`; `(root)` for the value itself. Never the offending value: it may be personal data. */
function describeIssue(issue: SchemaIssue): { path: string; message: string } {
  const path = (issue.path ?? []).map((step) => String(typeof step === 'object' ? step.key : step)).join('.');
  return { path: path === '' ? '(root)' : path, message: issue.message };
}
