import { type DozenError, type Fix, toPlainText } from '@dozen/kernel';
import type { DataSource, EntityManager } from 'typeorm';
import type { FetchedRecord } from '../../broker/port.js';
import { messagingPolicy as policy } from '../../policy.js';
import { reasonOf } from '../handle/store.js';

/** An attempt that is in progress: it is committed as begun, and its handler may run. */
export interface RetryAttempt {
  readonly id: string;
  readonly blockedKey: string | null;
  /**
   * The number of attempts, this one included. Whoever finds another number in the row was overtaken by a later
   * attempt.
   */
  readonly attempts: number;
}

/** A parked message as it is to be handled now. */
export interface ParkedHead {
  readonly record: FetchedRecord;
  /** Whether its id was claimed when it was parked. */
  readonly claimed: boolean;
  readonly fix: Fix | undefined;
}

/**
 * Whether a row is the first of its key, or has no key. Rows of a key are in the order in which they were parked: by
 * id.
 */
export const IS_HEAD = `(p.held_key IS NULL OR NOT EXISTS (
  SELECT FROM messaging.parked_messages AS ahead
  WHERE ahead.consumer = p.consumer AND ahead.held_key = p.held_key AND ahead.id < p.id))`;

/** `FetchedRecord.timestamp` out of a row of parked_messages. */
export const RECORD_TIMESTAMP =
  'round(extract(epoch FROM coalesce(record_time, parked_at)) * 1000)::float8 AS timestamp';

const LEASE = `now() + interval '${policy.retryLeaseMs} milliseconds'`;

/**
 * Due heads begin an attempt. One whose last attempt never reported an end has lost it, and is out of attempts when it
 * has lost as many as the policy allows. SKIP LOCKED shares the work between processes: a row that another one begins or
 * handles is its affair.
 */
const BEGIN_DUE = `
  WITH due AS (
    SELECT p.id, p.begun_at IS NOT NULL AS lost,
           p.begun_at IS NOT NULL AND p.lost_attempts + 1 >= ${policy.crashAttempts} AS crashed
    FROM messaging.parked_messages AS p
    WHERE p.consumer = $1 AND p.retry_at <= now() AND ${IS_HEAD}
    ORDER BY p.retry_at, p.id LIMIT $2 FOR UPDATE OF p SKIP LOCKED
  )
  UPDATE messaging.parked_messages AS p
  SET attempts = p.attempts + CASE WHEN crashed THEN 0 ELSE 1 END,
      lost_attempts = p.lost_attempts + CASE WHEN lost THEN 1 ELSE 0 END,
      begun_at = CASE WHEN NOT crashed THEN now() END,
      retry_at = CASE WHEN NOT crashed THEN ${LEASE} END,
      code = CASE WHEN crashed THEN 'MSG-CRASH' ELSE p.code END,
      reason = CASE WHEN crashed THEN 'the process ended during attempt ' || p.attempts ELSE p.reason END
  FROM due WHERE p.id = due.id
  RETURNING p.id, p.held_key AS "blockedKey", p.attempts, crashed`;

const BEGIN_ONE = `
  UPDATE messaging.parked_messages AS p
  SET attempts = attempts + 1, begun_at = now(), retry_at = ${LEASE},
      lost_attempts = lost_attempts + CASE WHEN begun_at IS NULL THEN 0 ELSE 1 END
  WHERE p.id = $1 AND p.consumer = $2 AND (p.begun_at IS NULL OR p.retry_at <= now()) AND ${IS_HEAD}
  RETURNING p.id, p.held_key AS "blockedKey", p.attempts`;

const LOOK = `
  SELECT EXISTS (SELECT FROM messaging.parked_messages WHERE consumer = $1 AND retry_at <= now()) AS due,
         (SELECT extract(epoch FROM min(retry_at) - clock_timestamp())::float8 * 1000
          FROM messaging.parked_messages WHERE consumer = $1 AND retry_at > now()) AS ms`;

/** The bookkeeping of attempts at parked messages; each statement is a transaction of its own. */
export class ParkedQueue {
  readonly #dataSource: DataSource;
  readonly #consumer: string;

  constructor(options: { dataSource: DataSource; consumer: string }) {
    this.#dataSource = options.dataSource;
    this.#consumer = options.consumer;
  }

  /** Begins up to `limit` due attempts. `crashed` are those that it gave up instead. */
  async beginDue(limit: number): Promise<{ started: RetryAttempt[]; crashed: RetryAttempt[] }> {
    const [rows]: [(RetryAttempt & { crashed: boolean })[], number] = await this.#dataSource.query(BEGIN_DUE, [
      this.#consumer,
      limit,
    ]);
    return { started: rows.filter(({ crashed }) => !crashed), crashed: rows.filter(({ crashed }) => crashed) };
  }

  /** Begins an attempt whether it is due or not; undefined when the message is gone, in flight, or not the first of its key. */
  async begin(id: string): Promise<RetryAttempt | undefined> {
    const [rows]: [RetryAttempt[], number] = await this.#dataSource.query(BEGIN_ONE, [id, this.#consumer]);
    return rows[0];
  }

  /** The attempt failed. `retryInMs` null: a dead letter. */
  async failed({ id, attempts }: RetryAttempt, error: DozenError, retryInMs: number | null): Promise<void> {
    await this.#dataSource.query(
      `UPDATE messaging.parked_messages
       SET code = $3, reason = $4, begun_at = NULL, retry_at = now() + $5::float8 * interval '1 millisecond'
       WHERE id = $1 AND attempts = $2`,
      [id, attempts, toPlainText(error.code), reasonOf(error), retryInMs],
    );
  }

  /** The infrastructure failed, not the message: the attempt does not count. */
  async giveBack({ id, attempts }: RetryAttempt): Promise<void> {
    await this.#dataSource.query(
      `UPDATE messaging.parked_messages
       SET attempts = attempts - 1, begun_at = NULL,
           retry_at = now() + interval '${policy.retryAgainMs} milliseconds'
       WHERE id = $1 AND attempts = $2 AND begun_at IS NOT NULL`,
      [id, attempts],
    );
  }

  /**
   * Whether an attempt may be due (what is due but not the first of its key waits), and in how many ms the first of the
   * others will be; Infinity when none is planned.
   */
  async look(): Promise<{ due: boolean; nextInMs: number }> {
    const [row]: { due: boolean; ms: number | null }[] = await this.#dataSource.query(LOOK, [this.#consumer]);
    return { due: row?.due === true, nextInMs: row?.ms ?? Infinity };
  }
}

/** Waits for whoever parks behind the key or handles its head, and then keeps them out until the transaction ends. */
export async function lockKey(manager: EntityManager, consumer: string, key: string): Promise<void> {
  await manager.query('SELECT FROM messaging.parked_keys WHERE consumer = $1 AND key = $2 FOR UPDATE', [consumer, key]);
}

/** The row of the attempt, locked; undefined when it is gone, overtaken by a later attempt, or not the head. */
export async function lockHead(manager: EntityManager, attempt: RetryAttempt): Promise<ParkedHead | undefined> {
  const [row]: HeadRow[] = await manager.query(
    `SELECT topic, partition, "offset", ${RECORD_TIMESTAMP}, message_id AS "messageId", record_key AS key, headers, payload,
            fixed_payload AS "fixedPayload", fixed_by AS "fixedBy", fix_reason AS "fixReason"
     FROM messaging.parked_messages AS p WHERE id = $1 AND attempts = $2 AND ${IS_HEAD} FOR UPDATE`,
    [attempt.id, attempt.attempts],
  );
  if (row === undefined) return undefined;
  const { messageId, payload, fixedPayload, fixedBy, fixReason, ...record } = row;
  const fix = fixedBy === null || fixReason === null ? undefined : { by: fixedBy, reason: fixReason };
  return { record: { ...record, value: fixedPayload ?? payload }, claimed: messageId !== null, fix };
}

interface HeadRow extends Omit<FetchedRecord, 'value'> {
  readonly messageId: string | null;
  readonly payload: Buffer | null;
  readonly fixedPayload: Buffer | null;
  readonly fixedBy: string | null;
  readonly fixReason: string | null;
}

/**
 * Takes a message off. In the same transaction its key is freed when nothing is left of it, or else the next one of
 * the key becomes due, unless it has a failure of its own with a time of its own. The caller has locked the key.
 */
export async function takeOff(
  manager: EntityManager,
  consumer: string,
  row: { id: string; blockedKey: string | null },
) {
  await manager.query('DELETE FROM messaging.parked_messages WHERE id = $1', [row.id]);
  if (row.blockedKey === null) return;
  await manager.query(
    `WITH next AS (
       SELECT id, code FROM messaging.parked_messages WHERE consumer = $1 AND held_key = $2 ORDER BY id LIMIT 1
     ), freed AS (
       DELETE FROM messaging.parked_keys WHERE consumer = $1 AND key = $2 AND NOT EXISTS (SELECT FROM next)
     )
     UPDATE messaging.parked_messages AS p SET retry_at = now()
     FROM next WHERE p.id = next.id AND next.code IS NULL AND p.retry_at IS NULL`,
    [consumer, row.blockedKey],
  );
}
