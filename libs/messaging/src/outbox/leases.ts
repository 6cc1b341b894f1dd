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

  /** Renews, gives up what is above the share, takes what is free below it; returns the shards held for `leaseMs`. */
  renew(): Promise<number[]> {
    return this.#dataSource.transaction(async (manager) => {
      const until = `now() + interval '${messagingPolicy.leaseMs} milliseconds'`;
      await manager.query(
        `INSERT INTO messaging.relay_members (member, expires_at) VALUES ($1, ${until})
         ON CONFLICT (member) DO UPDATE SET expires_at = excluded.expires_at`,
        [this.#member],
      );
      await manager.query('DELETE FROM messaging.relay_members WHERE expires_at < now()');
      const share = await this.#fairShare(manager);
      await manager.query(
        `WITH ranked AS (
           SELECT shard, row_number() OVER (ORDER BY member = $1 DESC NULLS LAST, shard) AS rank
           FROM (
             SELECT shard, member FROM messaging.relay_leases
             WHERE member = $1 OR member IS NULL OR expires_at < now()
             FOR UPDATE SKIP LOCKED
           ) AS open
         )
         UPDATE messaging.relay_leases AS lease
         SET member = CASE WHEN rank <= $2 THEN $1::uuid END,
             expires_at = CASE WHEN rank <= $2 THEN ${until} ELSE now() END
         FROM ranked WHERE ranked.shard = lease.shard`,
        [this.#member, share],
      );
      const held: { shard: number }[] = await manager.query(
        'SELECT shard FROM messaging.relay_leases WHERE member = $1 ORDER BY shard',
        [this.#member],
      );
      return held.map((row) => row.shard);
    });
  }

  async release(): Promise<void> {
    await this.#dataSource.query(
      'UPDATE messaging.relay_leases SET member = NULL, expires_at = now() WHERE member = $1',
      [this.#member],
    );
    await this.#dataSource.query('DELETE FROM messaging.relay_members WHERE member = $1', [this.#member]);
  }

  async #fairShare(manager: EntityManager): Promise<number> {
    const [row]: { members: number }[] = await manager.query(
      'SELECT count(*)::int AS members FROM messaging.relay_members WHERE expires_at >= now()',
    );
    return Math.ceil(messagingPolicy.shards / Math.max(1, row?.members ?? 1));
  }
}
