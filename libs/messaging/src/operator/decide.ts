import { openTransaction } from '@dozen/database';
import type { Clock } from '@dozen/kernel';
import type { DataSource, EntityManager } from 'typeorm';
import type { FetchedRecord } from '../broker/port.js';
import { messagingError } from '../errors.js';
import type { HandlerRegistry } from '../inbox/handle/handlers.js';
import type { HandlingOptions } from '../inbox/handle/handling.js';
import { lockKey, ParkedQueue, RECORD_TIMESTAMP, takeOff } from '../inbox/retry/parked-queue.js';
import { RecordReader } from '../inbox/handle/record-reader.js';
import { AttemptRunner, type RetryOutcome } from '../inbox/retry/attempt-runner.js';
import { concludeAttempt } from '../inbox/retry/scheduler.js';
import { messageNotFound, showDeadLetter, subjectOf } from './dead-letters.js';
import { checkedNote, type OperatorNote, recordDecision } from './decisions.js';

interface LockedRow extends Omit<FetchedRecord, 'value'> {
  readonly messageId: string | null;
  readonly type: string | null;
  readonly blockedKey: string | null;
  readonly code: string | null;
  readonly consumer: string;
}

/**
 * Stores a second payload beside the original bytes, which stay. A replay handles it instead, and what the handler then
 * publishes says who and why. Id, type, source and key stay those of the record.
 * Throws MSG-NOT-FOUND, MSG-NOTE, and the decoder's codes for a payload that its contract refuses; MSG-UNREADABLE where
 * there is no message to correct.
 */
export async function fixMessage(
  services: { dataSource: DataSource; handlers: HandlerRegistry; clock: Clock },
  fix: OperatorNote & { id: string; payload: Buffer },
): Promise<void> {
  const note = checkedNote(fix);
  await deciding(services.dataSource, fix.id, async (manager, row) => {
    refuseUnreadable(row);
    const { messageId, consumer: _consumer, ...record } = row;
    const item = new RecordReader(services).readParked(
      { ...record, value: fix.payload },
      { claimed: messageId !== null },
    );
    if (item?.error !== undefined) throw item.error;
    if (item?.work === undefined) throw messagingError('MSG-UNKNOWN-TYPE', `nothing here handles ${row.type ?? 'it'}`);
    await manager.query(
      `UPDATE messaging.parked_messages
       SET fixed_payload = $2, fixed_by = $3, fix_reason = $4, fixed_at = now() WHERE id = $1`,
      [fix.id, fix.payload, note.by, note.why],
    );
    await recordDecision(manager, { subject: subjectOf(fix.id), decision: 'fix', note, facts: factsOf(row) });
  });
}

/**
 * Handles a message at once, in this process and from its row: no consumer need run, and a message that ends its process
 * ends this one alone. A failure counts as an attempt. What waits behind is then due, for the retry schedulers of the consumers.
 * Throws MSG-NOT-FOUND; MSG-BEHIND when another message of its key comes first; MSG-IN-HAND while it is handled;
 * MSG-UNREADABLE where there is nothing to handle.
 */
export async function replayMessage(options: HandlingOptions, id: string): Promise<RetryOutcome> {
  const letter = await showDeadLetter(options.dataSource, id);
  refuseUnreadable(letter);
  const queue = new ParkedQueue(options);
  const attempt = await queue.begin(id);
  if (attempt === undefined) throw await whyNot(options.dataSource, id);
  const { topic, partition, offset, messageId, type, code } = letter;
  const facts = { topic, partition, offset, messageId, type, code };
  await recordDecision(options.dataSource.manager, { subject: subjectOf(id), decision: 'replay', facts });
  const outcome = await new AttemptRunner(options).run(attempt);
  await concludeAttempt({ queue, attempt, outcome, options });
  return outcome;
}

function refuseUnreadable({ code }: { readonly code: string | null }): void {
  if (code === 'MSG-UNREADABLE') {
    throw messagingError(
      'MSG-UNREADABLE',
      'no message could be read: have it sent again by who sent it, and discard this',
    );
  }
}

async function whyNot(dataSource: DataSource, id: string): Promise<Error> {
  const { blockedKey, consumer } = await showDeadLetter(dataSource, id);
  const [head]: { id: string }[] = await dataSource.query(
    'SELECT min(id) AS id FROM messaging.parked_messages WHERE consumer = $1 AND held_key = $2',
    [consumer, blockedKey],
  );
  return head !== undefined && blockedKey !== null && head.id !== id
    ? messagingError('MSG-BEHIND', `message ${head.id} of the same key comes first`, {
        details: { id, first: head.id },
      })
    : messagingError('MSG-IN-HAND', `message ${id} is being handled`, { details: { id } });
}

/**
 * Takes a message off for good. Its claim stays, so that it is not handled when it comes again; what waits behind it is
 * due. Throws MSG-NOT-FOUND, MSG-NOTE.
 */
export async function discardMessage(dataSource: DataSource, discard: OperatorNote & { id: string }): Promise<void> {
  const note = checkedNote(discard);
  const { id } = discard;
  await deciding(dataSource, id, async (manager, row) => {
    await takeOff(manager, row.consumer, { id, blockedKey: row.blockedKey });
    await recordDecision(manager, { subject: subjectOf(id), decision: 'discard', note, facts: factsOf(row) });
  });
}

/** Runs in one transaction with key and row locked: whoever handles it or parks behind it is waited for. */
async function deciding(
  dataSource: DataSource,
  id: string,
  decide: (manager: EntityManager, row: LockedRow) => Promise<void>,
): Promise<void> {
  const { consumer, blockedKey } = await showDeadLetter(dataSource, id);
  const tx = await openTransaction(dataSource);
  try {
    if (blockedKey !== null) await lockKey(tx.manager, consumer, blockedKey);
    const [row]: LockedRow[] = await tx.manager.query(
      `SELECT consumer, topic, partition, "offset", ${RECORD_TIMESTAMP}, message_id AS "messageId", type,
              record_key AS key, headers, held_key AS "blockedKey", code
       FROM messaging.parked_messages WHERE id = $1 FOR UPDATE`,
      [id],
    );
    if (row === undefined) throw messageNotFound(id);
    await decide(tx.manager, row);
    await tx.commit();
  } finally {
    await tx.rollback();
  }
}

function factsOf({ consumer, topic, partition, offset, messageId, type, blockedKey, code }: LockedRow) {
  return { consumer, topic, partition, offset, messageId, type, blockedKey, code };
}
