import { DozenError } from '@dozen/kernel';

/**
 * Every code of this library. A publisher also gets MSG-SCHEMA of libs/messaging here, which the reader of a message gets.
 *
 * | code | where | meaning | what to do |
 * |---|---|---|---|
 * | UOW-CLOSED | message, job, request, command | The unit of work (or transaction) was used after its end: it was committed, rolled back, or past its deadline. `cause` says which. | Mend the handler: it must await all that it begins, and keep no repository for later. |
 * | UOW-DEADLINE | message, job, request, command | The unit of work ran past its deadline, and its connection was destroyed. Nothing is written, unless COMMIT was under way. | Look for slow statements, or for a handler that waits for something outside. Wait if the database is slow as a whole. |
 * | UOW-ABORTED | message, job, request, command | A statement had failed and its error was swallowed, so PostgreSQL answered COMMIT with ROLLBACK. Nothing is written. | Mend the handler: it must not catch the error of a statement and go on. |
 * | DB-CONNECTION-LOST | message, job, request, command | The connection ended under an open transaction. `cause` is the error of the driver. | Wait for the database to come back. If only single connections break, look at poolers and at the network. |
 * | DB-READ-ONLY | start, background, command | The database answers and cannot be written: it is a standby, or its sessions are read-only. | Make `DATABASE_URL` lead to the primary, or wait for the end of a failover. |
 * | DB-SESSION | start, background, command | A session has other settings than the code counts on, as a rule because a pooler drops them. | Set what the message names with `ALTER ROLE … SET`, or in the pooler. |
 * | MSG-SCHEMA-ASYNC | message, job, request, command | The schema of a contract or queue validates asynchronously, which `publish` cannot wait for. | Mend the schema: it must validate synchronously. |
 * | MSG-ANNOUNCED | message, job, request, command | A version of a message was to be published that is only announced: readers of the last release would not know it. | Publish the version before it, or take `announced` away one release later ([how messages change](evolution.md)). |
 * | JOB-SCHEMA | message, job, request, command | The data of a job does not match the schema of its queue. `details.issues` has every mistake. | Mend who sends the job. Keep the schema compatible with jobs that the last release left in the queue. |
 * | JOB-LOST | job | The job expired and another worker has it. What this attempt did is dropped. | There is nothing to do once. If it happens often, give the queue a longer expiry or make the job shorter. |
 * | JOB-NOT-FOUND | command | No job with this id is out of attempts, or not any more. | Look at `dead-letters list`: somebody may have decided already. |
 * | JOB-STATE | start | `jobs` was used before `start`, or was started twice. | Mend the wiring of the service: this is a mistake of a developer. |
 */
export type DatabaseErrorCode =
  | 'UOW-CLOSED'
  | 'UOW-DEADLINE'
  | 'UOW-ABORTED'
  | 'DB-CONNECTION-LOST'
  | 'DB-READ-ONLY'
  | 'DB-SESSION'
  | 'MSG-SCHEMA-ASYNC'
  | 'MSG-ANNOUNCED'
  | 'JOB-SCHEMA'
  | 'JOB-LOST'
  | 'JOB-NOT-FOUND'
  | 'JOB-STATE';

/** `message` says what happened this time. */
export function databaseError(
  code: DatabaseErrorCode,
  message: string,
  options: { details?: Record<string, unknown>; cause?: unknown } = {},
): DozenError {
  return new DozenError(code, message, options);
}
