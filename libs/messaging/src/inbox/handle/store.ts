import { columns, IN_TRANSACTION } from '@dozen/database';
import { type DozenError, messageOf, toPlainText } from '@dozen/kernel';
import type { EntityManager } from 'typeorm';
import type { FetchedRecord } from '../../broker/port.js';
import { readTimestamp } from '../../cloudevents/time.js';
import { lockNames } from './lock-names.js';

/** A record that is put aside. Without an error it merely waits behind its key. */
export interface ParkedRecord {
  readonly record: FetchedRecord;
  readonly messageId: string | undefined;
  /** The key that it blocks, or that is blocked before it; commands block none. */
  readonly blockedKey: string | undefined;
  readonly error: DozenError | undefined;
  /** How often its handler has begun; 0 for one that waits. */
  readonly attempts: number;
  /** Null when an operator decides, or when it waits behind another message. */
  readonly retryInMs: number | null;
}

/** The statements of one inbox batch; all run in the batch's transaction. */
export class InboxStore {
  readonly #manager: EntityManager;
  readonly #consumer: string;

  constructor(manager: EntityManager, consumer: string) {
    this.#manager = manager;
    this.#consumer = consumer;
  }

  /** Claims ids for this consumer; returns those that were free. A claim vanishes with a rollback. Sent with BEGIN. */
  async claim(ids: readonly string[]): Promise<Set<string>> {
    if (ids.length === 0) return new Set();
    const rows: { message_id: string }[] = await this.#manager.query(
      `INSERT INTO messaging.inbox (consumer, message_id)
       SELECT $1, id FROM unnest($2::uuid[]) AS id WHERE ${IN_TRANSACTION}
       ON CONFLICT DO NOTHING RETURNING message_id`,
      [this.#consumer, [...ids].sort()],
    );
    return new Set(rows.map((row) => row.message_id));
  }

  /**
   * Which of the keys are blocked. Must run after the claims and as a later statement: a retry attempt that finished in between
   * is then seen, and one that is under way waits for this batch (FOR SHARE against its FOR UPDATE).
   */
  async blockedKeys(keys: readonly string[]): Promise<Set<string>> {
    if (keys.length === 0) return new Set();
    const rows: { key: string }[] = await this.#manager.query(
      'SELECT key FROM messaging.parked_keys WHERE consumer = $1 AND key = ANY($2::text[]) ORDER BY key FOR SHARE',
      [this.#consumer, keys],
    );
    return new Set(rows.map((row) => row.key));
  }

  /** What the batch's handlers declare. */
  async lock(names: readonly string[]): Promise<void> {
    await lockNames(this.#manager, names);
  }

  /**
   * Blocks keys. The upsert locks also a row that is there: ids of parked messages then follow the order in which their
   * transactions got the key, and no retry attempt can delete the key between this and the rows that are parked behind it.
   * Keys that `blockedKeys` found are locked by it already; upserting them would let two batches deadlock.
   */
  async block(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    await this.#manager.query(
      `INSERT INTO messaging.parked_keys (consumer, key) SELECT $1, key FROM unnest($2::text[]) AS key
       ON CONFLICT (consumer, key) DO UPDATE SET parked_at = messaging.parked_keys.parked_at`,
      [this.#consumer, [...keys].sort()],
    );
  }

  /**
   * Puts records aside, in the order given. Their keys are blocked. A record that is already aside stays as it is, one with the
   * same content at the same place of the log; but one that was put aside without a claim gets the claim of this
   * transaction. Else its replay would find its id taken, and pass for handled what never was.
   */
  async park(parked: readonly ParkedRecord[]): Promise<void> {
    if (parked.length === 0) return;
    await this.#manager.query(
      `INSERT INTO messaging.parked_messages
         (consumer, topic, partition, "offset", message_id, type, record_key, headers, payload, held_key, code, reason,
          attempts, lost_attempts, retry_at, record_time)
       SELECT $1, topic, partition, "offset", message_id, type, record_key, headers, payload, held_key, code, reason,
              attempts, CASE code WHEN 'MSG-CRASH' THEN attempts ELSE 0 END, now() + retry_in_ms * interval '1 millisecond',
              record_time
       FROM unnest($2::text[], $3::int[], $4::bigint[], $5::uuid[], $6::text[], $7::bytea[], $8::json[], $9::bytea[],
                   $10::text[], $11::text[], $12::text[], $13::int[], $14::float8[], $15::timestamptz[])
         WITH ORDINALITY AS row (topic, partition, "offset", message_id, type, record_key, headers, payload, held_key,
                                 code, reason, attempts, retry_in_ms, record_time, position)
       ORDER BY position
       ON CONFLICT (consumer, topic, partition, "offset", sha256(record_key), sha256(payload),
                    hashtextextended(headers::text, 0))
         DO UPDATE SET message_id = excluded.message_id
         WHERE parked_messages.message_id IS NULL AND excluded.message_id IS NOT NULL`,
      [this.#consumer, ...columns(parked.map(valuesOf))],
    );
  }
}

/** In the order of `park`. */
function valuesOf({ record, messageId, blockedKey, error, attempts, retryInMs }: ParkedRecord): unknown[] {
  return [
    record.topic,
    record.partition,
    record.offset,
    messageId,
    record.headers['ce_type'] && toPlainText(record.headers['ce_type']),
    record.key,
    JSON.stringify(record.headers),
    record.value,
    blockedKey,
    error && toPlainText(error.code),
    error && reasonOf(error),
    attempts,
    retryInMs,
    readTimestamp(record.timestamp).value,
  ];
}

/** What an operator reads. Never throws: a handler puts into `details` whatever it likes. */
export function reasonOf(error: DozenError): string {
  return toPlainText(`${error.message}${detailsOf(error)}`.slice(0, 4000));
}

function detailsOf({ details }: DozenError): string {
  try {
    return Object.keys(details).length > 0 ? ` ${JSON.stringify(details)}` : '';
  } catch (error) {
    return ` (its details cannot be written: ${messageOf(error)})`;
  }
}
