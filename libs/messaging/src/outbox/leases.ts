import { newId } from '@dozen/kernel';
import type { DataSource, EntityManager } from 'typeorm';
import { messagingPolicy } from '../policy.js';

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

  /** Renews what is held for `leaseMs` and takes what is free below the fair share. Gives up nothing. */
  renew(): Promise<{ held: number[]; share: number }> {
    return this.#dataSource.transaction(async (manager) => {
      await manager.query(
        `INSERT INTO messaging.relay_members (member, expires_at) VALUES ($1, ${UNTIL})
         ON CONFLICT (member) DO UPDATE SET expires_at = excluded.expires_at`,
        [this.#member],
      );
      await manager.query('DELETE FROM messaging.relay_members WHERE expires_at < now()');
      const share = await fairShare(manager);
      const [kept] = await update(manager, 'WHERE member = $1', [this.#member]);
      const [taken] = await update(
        manager,
        `WHERE shard IN (
           SELECT shard FROM messaging.relay_leases WHERE member IS NULL OR expires_at < now()
           ORDER BY shard LIMIT $2 FOR UPDATE SKIP LOCKED
         )`,
        [this.#member, Math.max(0, share - kept.length)],
      );
      return { held: [...kept, ...taken].map((row) => row.shard).sort((a, b) => a - b), share };
    });
  }

  /** Whether a shard is free for whoever renews next: somebody stopped, or gave it up. */
  async anyFree(): Promise<boolean> {
    const rows: unknown[] = await this.#dataSource.query(
      'SELECT FROM messaging.relay_leases WHERE member IS NULL LIMIT 1',
    );
    return rows.length > 0;
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

const UNTIL = `now() + interval '${messagingPolicy.leaseMs} milliseconds'`;

/** TypeORM answers an UPDATE with its rows and their number. */
function update(manager: EntityManager, where: string, parameters: unknown[]): Promise<[{ shard: number }[], number]> {
  return manager.query(
    `UPDATE messaging.relay_leases SET member = $1, expires_at = ${UNTIL} ${where} RETURNING shard`,
    parameters,
  );
}

async function fairShare(manager: EntityManager): Promise<number> {
  const [row]: { members: number }[] = await manager.query(
    'SELECT count(*)::int AS members FROM messaging.relay_members WHERE expires_at >= now()',
  );
  return Math.ceil(messagingPolicy.shards / Math.max(1, row?.members ?? 1));
}
