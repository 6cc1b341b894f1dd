import { DozenError, messageOf } from '@dozen/kernel';

/**
 * Every code that this library raises or writes beside a parked message.
 *
 * | code | meaning |
 * |---|---|
 * | MSG-UNREADABLE | no record could be read out of what the broker holds at these offsets: codec, checksum, format, or more than may be unpacked |
 * | MSG-HEADERS | a CloudEvents header is missing, is no text or too long, or says what is not read: see README, “The record” |
 * | MSG-ID | `ce_id` is no UUIDv7, or its time is outside the window that the inbox remembers |
 * | MSG-KEY | the record has no key, or one that is no plain text or too long, or is not the subject, or not what the contract says, or the contract throws |
 * | MSG-JSON | the body is no JSON in UTF-8 |
 * | MSG-SCHEMA | the body does not match the contract, or its schema throws |
 * | MSG-UPCAST | an upcaster throws, or makes what the newer version's schema refuses: a bug of this build |
 * | MSG-VERSION | a handled message in a version that this build does not read: newer, or too old |
 * | MSG-UNKNOWN-TYPE | a command that this service does not know |
 * | MSG-HANDLER | the handler or its `locks` threw something without a code, or the database refused what it did |
 * | MSG-PARTITIONS | a topic exists with another number of partitions than declared |
 * | MSG-TOPIC-MISSING | a declared topic does not exist: `migrate` has not run |
 * | MSG-SEND | the broker did not acknowledge; nothing is known about the records |
 * | MSG-REFUSED | the broker refuses this record for what it is (too large); a repeat cannot help |
 * | MSG-STALE-EPOCH | the partition was assigned anew; what was fetched before does not count |
 * | MSG-OFFSET-RANGE | a group's next offset is not in the partition's log: records were lost before they were handled |
 * | MSG-GROUP-ACTIVE | offsets of a group cannot be set while it has members |
 * | MSG-STALLED | work in hand neither moved nor waited for anything: the consumer left its group |
 * | MSG-DUPLICATE-HANDLER | two handlers for one message type in one consumer |
 * | MSG-RETENTION | a topic keeps records longer than the inbox remembers their ids |
 * | MSG-CRASH | the process ended while it handled this message, as often as the policy allows |
 * | MSG-NOT-FOUND | no parked message, refused row or failed job has this id (any more) |
 * | MSG-BEHIND | a parked message cannot be replayed before those that its key holds ahead of it |
 * | MSG-NOTE | an operator's name or reason is missing or too long |
 * | MSG-IN-HAND | a parked message is being handled at this moment, or a batch whose partition is about to move |
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
