import { newId } from '@dozen/kernel';
import { NOT_FLUSHED } from '@dozen/database';
import type { DataSource } from 'typeorm';
import { messagingPolicy as policy } from '../policy.js';

/** What a renewal found. */
export interface Renewal {
  /** The shards that are held now, in ascending order. */
  readonly held: readonly number[];
  /** Those of `held` that were free before. */
  readonly taken: readonly number[];
  /** The fair share: the most shards that each of the living relays may hold. */
  readonly share: number;
  /** Whether any row of the outbox is refused. */
  readonly refused: boolean;
  /** The highest seq of the outbox that was given out so far; 0 when none was. */
  readonly lastSeq: number;
}

const UNTIL = `now() + interval '${policy.leaseMs} milliseconds'`;

/**
 * $1 lives and is no other. ORDER BY and LIMIT lead the planner to the partial index of refused rows; EXISTS would let it
 * scan the table.
 */
const RENEW = `
  WITH me AS (
    INSERT INTO messaging.relay_members (member, expires_at) VALUES ($1, ${UNTIL})
    ON CONFLICT (member) DO UPDATE SET expires_at = excluded.expires_at
  ), gone AS (
    DELETE FROM messaging.relay_members WHERE expires_at < now() AND member <> $1
  ), others AS (
    SELECT count(*) AS count FROM messaging.relay_members WHERE expires_at >= now() AND member <> $1
  ), fair AS (
    SELECT ceil(${policy.shards}::numeric / (1 + count))::int AS share FROM others
  ), kept AS (
    UPDATE messaging.relay_leases SET expires_at = ${UNTIL} WHERE member = $1 RETURNING shard
  ), free AS (
    SELECT shard FROM messaging.relay_leases
    WHERE member IS NULL OR (expires_at < now() AND member <> $1)
    ORDER BY shard LIMIT greatest(0, (SELECT share FROM fair) - (SELECT count(*) FROM kept)) FOR UPDATE SKIP LOCKED
  ), taken AS (
    UPDATE messaging.relay_leases AS lease SET member = $1, expires_at = ${UNTIL}
    FROM free WHERE lease.shard = free.shard RETURNING lease.shard
  )
  SELECT ARRAY(SELECT shard FROM kept UNION ALL SELECT shard FROM taken ORDER BY shard) AS held,
         ARRAY(SELECT shard FROM taken) AS taken,
         (SELECT share FROM fair) AS share,
         coalesce((SELECT true FROM messaging.outbox WHERE refused_at IS NOT NULL ORDER BY topic, key LIMIT 1), false)
           AS refused,
         (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM messaging.outbox_seq_seq) AS "lastSeq",
         ${NOT_FLUSHED}`;

/**
 * Divides the shards among the relays of one database: each says that it lives, and holds at most its fair share.
 * Times are the database's, so the clocks of two relays need not agree. A relay that wrongly believes to hold a shard
 * (it was frozen) sends rows a second time, which the inbox drops; nothing else hangs on a lease.
 */
export class ShardLeases {
  readonly #dataSource: DataSource;
  readonly #member = newId();

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  /**
   * Renews what is held for `leaseMs` and takes what is free below the fair share; gives up nothing. One statement, with
   * what a relay asks as often. Two that begin at once may count too few of them: the next renewal puts it right.
   */
  async renew(): Promise<Renewal> {
    const [row]: (Omit<Renewal, 'lastSeq'> & { lastSeq: string })[] = await this.#dataSource.query(RENEW, [
      this.#member,
    ]);
    if (row === undefined) throw new TypeError('a renewal is one row');
    return { ...row, lastSeq: Number(row.lastSeq) };
  }

  async giveUp(shards: readonly number[]): Promise<void> {
    await this.#dataSource.query(
      'UPDATE messaging.relay_leases SET member = NULL, expires_at = now() WHERE member = $1 AND shard = ANY($2)',
      [this.#member, shards],
    );
  }

  async release(): Promise<void> {
    await this.#dataSource.query(
      'UPDATE messaging.relay_leases SET member = NULL, expires_at = now() WHERE member = $1',
      [this.#member],
    );
    await this.#dataSource.query('DELETE FROM messaging.relay_members WHERE member = $1', [this.#member]);
  }
}
