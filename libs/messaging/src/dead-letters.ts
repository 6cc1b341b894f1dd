import type { DataSource } from 'typeorm';

/** A parked message that waits for an operator. */
export interface DeadLetter {
  readonly id: string;
  readonly consumer: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly messageId: string | null;
  readonly type: string | null;
  /** The key it holds: later messages of it wait behind. Null for a command, which is parked alone. */
  readonly heldKey: string | null;
  readonly code: string;
  readonly reason: string;
  readonly attempts: number;
  readonly parkedAt: Date;
  /** How many messages wait behind it. */
  readonly waiting: number;
}

/** Oldest first, at most `limit`. */
export function listDeadLetters(dataSource: DataSource, limit = 100): Promise<DeadLetter[]> {
  return dataSource.query(
    `SELECT p.id, p.consumer, p.topic, p.partition, p."offset", p.message_id AS "messageId", p.type,
            p.held_key AS "heldKey", p.code, p.reason, p.attempts, p.parked_at AS "parkedAt",
            (SELECT count(*)::int FROM messaging.parked_messages AS b
             WHERE b.consumer = p.consumer AND b.held_key = p.held_key AND b.code IS NULL) AS waiting
     FROM messaging.parked_messages AS p
     WHERE p.code IS NOT NULL AND p.retry_at IS NULL
     ORDER BY p.id LIMIT $1`,
    [limit],
  );
}

/** A key of the outbox that the broker refuses: nothing behind it is sent. */
export interface RefusedMessage {
  readonly seq: string;
  readonly topic: string;
  readonly key: string;
  readonly messageId: string;
  readonly reason: string;
  readonly refusedAt: Date;
}

export function listRefused(dataSource: DataSource, limit = 100): Promise<RefusedMessage[]> {
  return dataSource.query(
    `SELECT seq, topic, key, message_id AS "messageId", refused_reason AS reason, refused_at AS "refusedAt"
     FROM messaging.outbox WHERE refused_at IS NOT NULL ORDER BY seq LIMIT $1`,
    [limit],
  );
}
