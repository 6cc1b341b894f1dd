import { DozenError, messageOf } from '@dozen/kernel';

/**
 * Every code that this library raises or writes beside a parked message.
 *
 * | code | where | meaning | what to do |
 * |---|---|---|---|
 * | MSG-UNREADABLE | message, command | No record could be read out of what the broker holds at these offsets: its codec, checksum or format is wrong, or it unpacks to more than is allowed. | Find out who wrote the bytes and have them sent again as new messages, then discard the dead letter. A replay is refused. A wrong checksum points to the disk of the broker. |
 * | MSG-HEADERS | message | A header of CloudEvents is missing, is no text or too long, or says something that is not read. | Mend the producer, following [the record](../libs/messaging/README.md) in the README, and have the message sent again. Then discard the dead letter. |
 * | MSG-ID | message | `ce_id` is no UUIDv7, or its time is outside of the window that the inbox remembers. | Mend the ids or the clock of the producer and have the message sent again with a new id. Then discard the dead letter. |
 * | MSG-KEY | message | The key of the record is missing, is no plain text, is too long, or is not the one that subject, contract and body have. | Mend the producer and have the message sent again. Then discard the dead letter. |
 * | MSG-JSON | message, command | The body of a message is not JSON in UTF-8. | Fix the content and replay the dead letter, or have the message sent again and discard it. |
 * | MSG-SCHEMA | message, job, request, command | The content of a message does not match its contract, or the schema throws. A message that is read is parked. Whoever publishes such a payload gets the error too, which is then not permanent. | Mend the producer. A dead letter is fixed and replayed. If the producer is newer than this build, deploy the release that knows its contract, then replay it. |
 * | MSG-UPCAST | message, command | An upcaster throws, or makes something that the schema of the newer version refuses. This is a defect of this build. | Mend the upcaster and deploy, then replay the dead letter. |
 * | MSG-VERSION | message, command | A message that is handled here came in a version that this build does not read, because it is newer or too old. | Wait for the end of the deploy, then replay the dead letter. A version that no release reads any more has to be sent again in a newer one. |
 * | MSG-UNKNOWN-TYPE | message, command | A command came that this service does not know. | Check the type and the topic at the producer, then discard the dead letter. |
 * | MSG-HANDLER | message | The handler or its `locks` threw something without a code, or the database refused what the handler did. | Read the reason of the dead letter, mend the handler or the data, then replay it. |
 * | MSG-PARTITIONS | start, command | A topic exists with another number of partitions than is declared. | Do not change the number of a topic in use: keys would move. Declare the number that the topic has, or make the topic anew while it is empty. |
 * | MSG-TOPIC-MISSING | start | A declared topic does not exist. | Run `migrate` of the service. |
 * | MSG-SEND | background, start, command | The broker did not acknowledge in time, or its client is closed. Nothing is known about the records: they stay in the outbox and are sent again. | Wait for the broker. `outbox status` says how much waits. |
 * | MSG-REFUSED | background | The broker refuses a record for what it is, as a rule for its size. Later messages of its key wait behind it. | Raise the limit of the topic and replay the dead letter `outbox:…`, or discard it ([runbook](runbooks/outbox-refused.md)). |
 * | MSG-STALE-EPOCH | background | The partition was assigned anew, so what was fetched before does not count. | There is nothing to do: the records are fetched again by whoever has the partition. |
 * | MSG-OFFSET-RANGE | background | The next offset of a group is not in the log of the partition: records were lost before they were handled. The partition is not read, and the service is not ready. | Have what was lost sent again, stop the consumers, and set the offset with `offsets set`. The [README of messaging](../libs/messaging/README.md) has every step. |
 * | MSG-GROUP-ACTIVE | command | The offsets of a group cannot be set while it has members. | Stop every consumer of the service, then repeat the command. |
 * | MSG-STALLED | background | The work of a consumer neither moved nor waited for anything for a minute, so the consumer left its group. The process fails `/livez` and is restarted. | Look for a handler that hangs or that misses its deadline each time: the log lines before this one name it. |
 * | MSG-DUPLICATE-HANDLER | start | A consumer has two handlers for one type of message. | Remove one of them: this is a mistake of a developer. |
 * | MSG-RETENTION | start | A topic keeps records longer than the inbox remembers their ids, so that a repeat could be handled twice. | Shorten the retention of the topic, or lengthen `inboxKeepMs` in `libs/messaging/src/policy.ts`. |
 * | MSG-CRASH | message | The process ended while it handled this message, as often as the policy allows. | Find out why it ended (memory, an endless loop, `process.exit`) and mend it before the dead letter is replayed: a replay runs in a process of its own. |
 * | MSG-NOT-FOUND | command | No parked message, refused message or failed job has this id, or not any more. | Look at `dead-letters list`: somebody may have decided already. |
 * | MSG-BEHIND | command | A parked message cannot be replayed before the parked messages of its key that come first. | Decide about the message that the error names first. |
 * | MSG-NOTE | command | The name or the reason of an operator is missing or too long. | Give `--by` and `--why`, as long as the message allows. |
 * | MSG-IN-HAND | background, command | A parked message is being handled at this moment, or a batch is in flight whose partition is about to move. | Repeat the command a few seconds later. In the background there is nothing to do. |
 */
export type MessagingErrorCode =
  | 'MSG-UNREADABLE'
  | 'MSG-HEADERS'
  | 'MSG-ID'
  | 'MSG-KEY'
  | 'MSG-JSON'
  | 'MSG-SCHEMA'
  | 'MSG-UPCAST'
  | 'MSG-VERSION'
  | 'MSG-UNKNOWN-TYPE'
  | 'MSG-HANDLER'
  | 'MSG-PARTITIONS'
  | 'MSG-TOPIC-MISSING'
  | 'MSG-SEND'
  | 'MSG-REFUSED'
  | 'MSG-STALE-EPOCH'
  | 'MSG-OFFSET-RANGE'
  | 'MSG-GROUP-ACTIVE'
  | 'MSG-STALLED'
  | 'MSG-DUPLICATE-HANDLER'
  | 'MSG-RETENTION'
  | 'MSG-CRASH'
  | 'MSG-NOT-FOUND'
  | 'MSG-BEHIND'
  | 'MSG-NOTE'
  | 'MSG-IN-HAND';

/**
 * The same bytes get the same answer; and a message that kills processes must not be tried by itself. A version is not among
 * them: while a deploy goes on, it is another release's process that may try next.
 */
const permanent: ReadonlySet<MessagingErrorCode> = new Set<MessagingErrorCode>([
  'MSG-UNREADABLE',
  'MSG-HEADERS',
  'MSG-ID',
  'MSG-KEY',
  'MSG-JSON',
  'MSG-SCHEMA',
  'MSG-UPCAST',
  'MSG-UNKNOWN-TYPE',
  'MSG-CRASH',
]);

export function messagingError(
  code: MessagingErrorCode,
  message: string,
  options: { details?: Record<string, unknown>; cause?: unknown } = {},
): DozenError {
  return new DozenError(code, message, { ...options, permanent: permanent.has(code) });
}

/** A message's failure with a code: its own, or MSG-HANDLER. */
export function toDozenError(error: unknown): DozenError {
  return error instanceof DozenError ? error : messagingError('MSG-HANDLER', messageOf(error), { cause: error });
}
