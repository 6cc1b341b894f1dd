import type { DataSource } from 'typeorm';
import type { OutgoingRecord } from '../broker/port.js';

export interface OutboxRow extends OutgoingRecord {
  readonly seq: string;
}

/**
 * The lowest rows of each shard, found through the index on (shard, seq). Never "past the last seq seen": a
 * transaction that took a lower seq may commit later, and its row would be skipped for ever. Keys with a refused row
 * wait for it.
 */
const SELECT = `
  SELECT o.seq, o.topic, o.key, o.headers, o.payload AS value
  FROM unnest($1::smallint[]) AS s (shard)
  CROSS JOIN LATERAL (
    SELECT * FROM messaging.outbox AS o
    WHERE o.shard = s.shard
      AND NOT EXISTS (
        SELECT FROM messaging.outbox AS r WHERE r.refused_at IS NOT NULL AND r.topic = o.topic AND r.key = o.key
      )
    ORDER BY o.seq LIMIT $2
  ) AS o
  ORDER BY o.seq`;

/** The relay's statements; each is one transaction of its own. */
export class OutboxStore {
  readonly #dataSource: DataSource;

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  lowest(shards: readonly number[], perShard: number): Promise<OutboxRow[]> {
    return this.#dataSource.query(SELECT, [shards, perShard]);
  }

  async delete(rows: readonly OutboxRow[]): Promise<void> {
    await this.#dataSource.query('DELETE FROM messaging.outbox WHERE seq = ANY($1::bigint[])', [
      rows.map((row) => row.seq),
    ]);
  }

  /** Parks the row's key: nothing behind it is sent until an operator decides. */
  async refuse(row: OutboxRow, reason: string): Promise<void> {
    await this.#dataSource.query('UPDATE messaging.outbox SET refused_at = now(), refused_reason = $2 WHERE seq = $1', [
      row.seq,
      reason,
    ]);
  }
}
