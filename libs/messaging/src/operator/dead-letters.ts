import type { DataSource } from 'typeorm';
import { messagingError } from '../errors.js';
import { decisionsAbout, type RecordedDecision } from './decisions.js';

/**
 * dead: an operator must decide. retrying: will be tried again by itself. waiting: comes after the messages
 * of its key that were parked before it.
 */
export type ParkedState = 'dead' | 'retrying' | 'waiting';

/** A parked message, without its content. */
export interface DeadLetter {
  readonly id: string;
  readonly state: ParkedState;
  readonly consumer: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly messageId: string | null;
  readonly type: string | null;
  /** The key that it blocks: later messages of it wait behind. Null for a command, which is parked alone. */
  readonly blockedKey: string | null;
  /** The code of the last failure; null for a message that only waits. */
  readonly code: string | null;
  readonly reason: string | null;
  readonly attempts: number;
  readonly parkedAt: Date;
  readonly retryAt: Date | null;
  /** Who corrected it last; null when nobody did. */
  readonly fixedBy: string | null;
  /** How many messages of its key come after it. */
  readonly waiting: number;
}

/** The whole of a parked message: its content may be personal. */
export interface DeadLetterContent extends DeadLetter {
  readonly key: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
  /** The body as it came; never changes. */
  readonly payload: Buffer | null;
  /** What a replay handles instead. */
  readonly fixedPayload: Buffer | null;
  readonly fixReason: string | null;
  readonly fixedAt: Date | null;
  readonly decisions: readonly RecordedDecision[];
}

/** The state of a row `p` of parked_messages, as SQL. */
export const PARKED_STATE = `CASE WHEN p.retry_at IS NOT NULL THEN 'retrying' WHEN p.code IS NULL THEN 'waiting' ELSE 'dead' END`;
const COLUMNS = `
  p.id, ${PARKED_STATE} AS state, p.consumer, p.topic, p.partition, p."offset", p.message_id AS "messageId", p.type,
  p.held_key AS "blockedKey", p.code, p.reason, p.attempts, p.parked_at AS "parkedAt", p.retry_at AS "retryAt",
  p.fixed_by AS "fixedBy",
  (SELECT count(*)::int FROM messaging.parked_messages AS b
   WHERE b.consumer = p.consumer AND b.held_key = p.held_key AND b.id > p.id) AS waiting`;

/**
 * Lists dead letters in the order of parking, at most `limit`. `all` adds those that are retried or wait by themselves.
 */
export function listDeadLetters(
  dataSource: DataSource,
  { limit = 100, all = false }: { limit?: number; all?: boolean } = {},
): Promise<DeadLetter[]> {
  return dataSource.query(
    `SELECT ${COLUMNS} FROM messaging.parked_messages AS p
     WHERE $2 OR (p.code IS NOT NULL AND p.retry_at IS NULL) ORDER BY p.id LIMIT $1`,
    [limit, all],
  );
}

/** Shows one with its content. Throws MSG-NOT-FOUND. */
export async function showDeadLetter(dataSource: DataSource, id: string): Promise<DeadLetterContent> {
  const [row]: Omit<DeadLetterContent, 'decisions'>[] = await dataSource.query(
    `SELECT ${COLUMNS}, p.record_key AS key, p.headers, p.payload, p.fixed_payload AS "fixedPayload",
            p.fix_reason AS "fixReason", p.fixed_at AS "fixedAt"
     FROM messaging.parked_messages AS p WHERE p.id = $1`,
    [id],
  );
  if (row === undefined) throw messageNotFound(id);
  return { ...row, decisions: await decisionsAbout(dataSource, subjectOf(id)) };
}

export function subjectOf(id: string): string {
  return `message:${id}`;
}

export function messageNotFound(id: string): Error {
  return messagingError('MSG-NOT-FOUND', `no message ${id} is parked`, { details: { id } });
}
