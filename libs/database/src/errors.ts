import { DozenError } from '@dozen/kernel';

/** Every code that this library throws, with what it means to the caller. */
export const databaseErrors = {
  /** The unit (or transaction) is over: committed, rolled back, or past its deadline. `cause` says which. */
  'UOW-CLOSED': 'the unit of work is closed',
  /** The deadline passed. The connection is destroyed; unless COMMIT was under way, nothing is written. */
  'UOW-DEADLINE': 'the unit of work ran past its deadline',
  /** A statement failed and its error was swallowed: PostgreSQL answered COMMIT with ROLLBACK. Nothing is written. */
  'UOW-ABORTED': 'a statement of the unit had failed, so PostgreSQL rolled it back instead of committing',
  /** The connection ended under an open transaction. Infrastructure; `cause` is the driver's error. */
  'DB-CONNECTION-LOST': 'the connection to the database was lost',
  /** The database answers and cannot be written: a standby, or all of its transactions are read-only. */
  'DB-READ-ONLY': 'the database is read-only',
  /** A session is not as it was begun; SESSION_SETTINGS says why each value matters. */
  'DB-SESSION': 'a session has other settings than the code counts on',
  /** A payload does not match its contract; `details.issues` has every mistake. */
  'MSG-SCHEMA': 'the payload does not match its contract',
  /** A contract's schema answers asynchronously, which `publish` cannot wait for. */
  'MSG-SCHEMA-ASYNC': 'the schema of a contract must validate synchronously',
  /** The contract is announced: readers of the last release would not know what is written by it. */
  'MSG-ANNOUNCED': 'a version that is only announced cannot be published yet',
  /** Job data does not match the queue's schema; `details.issues` has every mistake. */
  'JOB-SCHEMA': 'the data of the job does not match its queue',
  /** The job expired and another worker has it; the result of this attempt is dropped. */
  'JOB-LOST': 'the job is no longer held by this worker',
  /** No job with this id is out of attempts (any more). */
  'JOB-NOT-FOUND': 'no such job is out of attempts',
  /** `jobs` is used before `start`, or started twice. */
  'JOB-STATE': 'jobs cannot do that now',
} as const;

export type DatabaseErrorCode = keyof typeof databaseErrors;

/** An error of the catalogue; `message` says what happened this time. */
export function databaseError(
  code: DatabaseErrorCode,
  message: string = databaseErrors[code],
  options: { details?: Record<string, unknown>; cause?: unknown } = {},
): DozenError {
  return new DozenError(code, message, options);
}
