import type { DozenError } from '@dozen/kernel';
import type { EntityManager } from 'typeorm';
import type { FetchedRecord } from '../broker/port.js';

/** A record that is put aside. Without an error it merely waits behind its key. */
export interface ParkedRecord {
  readonly record: FetchedRecord;
  readonly messageId: string | undefined;
  /** The key it holds or waits for; commands hold none. */
  readonly heldKey: string | undefined;
  readonly error: DozenError | undefined;
}

/** The statements of one inbox batch; all run in the batch's transaction. */
export class InboxStore {
  readonly #manager: EntityManager;
  readonly #consumer: string;

  constructor(manager: EntityManager, consumer: string) {
    this.#manager = manager;
    this.#consumer = consumer;
  }

  /** Claims ids for this consumer; returns those that were free. A claim vanishes with a rollback. */
  async claim(ids: readonly string[]): Promise<Set<string>> {
    if (ids.length === 0) return new Set();
    const rows: { message_id: string }[] = await this.#manager.query(
      `INSERT INTO messaging.inbox (consumer, message_id)
       SELECT $1, id FROM unnest($2::uuid[]) AS id
       ON CONFLICT DO NOTHING RETURNING message_id`,
      [this.#consumer, [...ids].sort()],
    );
    return new Set(rows.map((row) => row.message_id));
  }

  /**
   * Which of the keys are held. Must run after the claims and as a later statement: a release that finished in between
   * is then seen, and one that is under way waits for this batch (FOR SHARE against its FOR UPDATE).
   */
  async heldKeys(keys: readonly string[]): Promise<Set<string>> {
    if (keys.length === 0) return new Set();
    const rows: { key: string }[] = await this.#manager.query(
      'SELECT key FROM messaging.parked_keys WHERE consumer = $1 AND key = ANY($2::text[]) ORDER BY key FOR SHARE',
      [this.#consumer, keys],
    );
    return new Set(rows.map((row) => row.key));
  }

  /** Locks by name, in sorted order, until the transaction ends. */
  async lock(names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    await this.#manager.query(
      `SELECT pg_advisory_xact_lock(hash)
       FROM (SELECT DISTINCT hashtextextended(name, 0) AS hash FROM unnest($1::text[]) AS name ORDER BY 1) AS sorted`,
      [names],
    );
  }

  /** Puts records aside and holds their keys. A record that is already aside stays as it is. */
  async park(parked: readonly ParkedRecord[]): Promise<void> {
    if (parked.length === 0) return;
    const keys = [...new Set(parked.flatMap(({ heldKey }) => heldKey ?? []))].sort();
    await this.#manager.query(
      `INSERT INTO messaging.parked_keys (consumer, key) SELECT $1, key FROM unnest($2::text[]) AS key
       ON CONFLICT (consumer, key) DO UPDATE SET parked_at = messaging.parked_keys.parked_at`,
      [this.#consumer, keys],
    );
    for (const { record, messageId, heldKey, error } of parked) {
      await this.#manager.query(
        `INSERT INTO messaging.parked_messages
           (consumer, topic, partition, "offset", message_id, type, record_key, headers, payload, held_key, code, reason, attempts)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         ON CONFLICT DO NOTHING`,
        [
          this.#consumer,
          record.topic,
          record.partition,
          record.offset,
          messageId,
          record.headers['ce_type'],
          record.key,
          JSON.stringify(record.headers),
          record.value,
          heldKey,
          error?.code,
          error === undefined ? undefined : reasonOf(error),
          error === undefined ? 0 : 1,
        ],
      );
    }
  }
}

function reasonOf(error: DozenError): string {
  const details = Object.keys(error.details).length > 0 ? ` ${JSON.stringify(error.details)}` : '';
  // PostgreSQL's text has no NUL; a stranger's header may.
  return `${error.message}${details}`.replaceAll('\0', '\uFFFD').slice(0, 4000);
}
