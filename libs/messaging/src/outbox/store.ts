import { NOT_FLUSHED, PLANNED_ANEW } from '@dozen/database';
import type { DataSource } from 'typeorm';
import type { OutgoingRecord } from '../broker/port.js';

export interface OutboxRow extends OutgoingRecord {
  readonly shard: number;
  /** A bigint; PostgreSQL's driver gives it as text. */
  readonly seq: string;
}

export interface Reading {
  readonly shards: readonly number[];
  /** The low watermark of each shard: no row below it exists or can come (see LowWatermarks). */
  readonly lowWatermarks: readonly number[];
  /**
   * The most rows of one shard, so that none takes the whole batch while others have rows; `limit` is the most of all.
   */
  readonly perShard: number;
  readonly limit: number;
  /**
   * Leaves out keys with a refused row, which wait for it. This costs a probe per row, so it is set only when there are
   * some.
   */
  readonly skipRefused: boolean;
}

/**
 * The lowest rows of each shard, found through the index on (shard, seq). Never "past the last seq seen": a
 * transaction that took a lower seq may commit later, and its row would be skipped for ever. While $5 is false the
 * probe for refused rows is not run.
 */
export const OUTBOX_READ = `
  SELECT o.shard, o.seq, o.topic, o.key, o.headers, o.payload AS value
  FROM unnest($1::smallint[], $2::bigint[]) AS s (shard, low_watermark)
  CROSS JOIN LATERAL (
    SELECT * FROM messaging.outbox AS o
    WHERE o.shard = s.shard AND o.seq >= s.low_watermark
      AND (NOT $5 OR NOT EXISTS (
        SELECT FROM messaging.outbox AS r WHERE r.refused_at IS NOT NULL AND r.topic = o.topic AND r.key = o.key
      ))
    ORDER BY o.seq LIMIT $3
  ) AS o
  ORDER BY o.seq LIMIT $4`;

export function readParameters({ shards, lowWatermarks, perShard, limit, skipRefused }: Reading): unknown[] {
  return [literal(shards), literal(lowWatermarks), perShard, limit, skipRefused];
}

/** Transactions that have written to the outbox, or are about to: they hold this lock from before nextval to their end. */
const WRITERS = `
  SELECT virtualtransaction AS writer FROM pg_locks
  WHERE locktype = 'relation' AND relation = 'messaging.outbox'::regclass AND mode = 'RowExclusiveLock'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

/** The relay's statements; each is one transaction of its own. */
export class OutboxStore {
  readonly #dataSource: DataSource;

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  lowest(reading: Reading): Promise<OutboxRow[]> {
    return this.#dataSource.query(OUTBOX_READ, readParameters(reading));
  }

  /** What a crash of the server brings back is sent again, as after a crash before the delete. */
  async delete(rows: readonly OutboxRow[]): Promise<void> {
    await this.#dataSource.query(
      `${PLANNED_ANEW}
       WITH gone AS (
         DELETE FROM messaging.outbox AS o USING unnest($1::smallint[], $2::bigint[]) AS sent (shard, seq)
         WHERE o.shard = sent.shard AND o.seq = sent.seq
       )
       SELECT ${NOT_FLUSHED}`,
      [literal(rows.map((row) => row.shard)), literal(rows.map((row) => row.seq))],
    );
  }

  /** Blocks the row's key: nothing behind it is sent until an operator decides. */
  async refuse(row: OutboxRow, reason: string): Promise<void> {
    await this.#dataSource.query(
      'UPDATE messaging.outbox SET refused_at = now(), refused_reason = $3 WHERE shard = $1 AND seq = $2',
      [row.shard, row.seq, reason],
    );
  }

  async writers(): Promise<Set<string>> {
    const rows: { writer: string }[] = await this.#dataSource.query(WRITERS);
    return new Set(rows.map((row) => row.writer));
  }
}

/** An array of numbers as PostgreSQL writes it: the driver would quote a thousand elements one by one. */
function literal(numbers: readonly (number | string)[]): string {
  return `{${numbers.join(',')}}`;
}
