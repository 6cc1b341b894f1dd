import { DozenError } from '@dozen/kernel';

/**
 * Every code of libs/service.
 *
 * | code | where | meaning | what to do |
 * |---|---|---|---|
 * | SERVICE-CONSUMES | start | The topics that `defineService` lists as consumed are not those of the methods with `@Handles`. Lag, `offsets` and `migrate` would miss one, or wait for one that nobody reads. | Put `consumes` of `defineService` right, as the message says: this is a mistake of a developer. |
 * | SERVICE-JOB-UNDECLARED | start | A class with `@JobWorker` serves a queue that `defineService` does not list, so `migrate` would not create it. | Add the queue to `jobs` of `defineService`: this is a mistake of a developer. |
 * | SERVICE-NO-ANSWER | command | PostgreSQL or Kafka did not answer an admin process in time. | Check that it is up and that its URL is right, then repeat the command. |
 * | SERVICE-NO-FIX | command | `dead-letters fix` names a refused message or a job, and only parked messages can be fixed. | Replay or discard it. |
 * | SERVICE-OFFSET | command | The service does not read the partition, or its log does not hold the offset. | Look at `offsets show`, which lists the partitions and what their logs hold. |
 * | SERVICE-NOT-READY | start | The service did not get ready in the time that a test or program gave it. The message lists the checks that fail. | Read the failing checks in the message ([what they mean](health.md)). |
 */
export type ServiceErrorCode =
  | 'SERVICE-CONSUMES'
  | 'SERVICE-JOB-UNDECLARED'
  | 'SERVICE-NO-ANSWER'
  | 'SERVICE-NO-FIX'
  | 'SERVICE-OFFSET'
  | 'SERVICE-NOT-READY';

export function serviceError(code: ServiceErrorCode, message: string, cause?: unknown): DozenError {
  return new DozenError(code, message, cause === undefined ? {} : { cause });
}
