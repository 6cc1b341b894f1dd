import type { EntityManager } from 'typeorm';
import { messagingPolicy } from '../../policy.js';

/** Keeps these advisory locks apart from all others of the database; the number means nothing. */
const LOCK_CLASS = 0x646f7a;

/**
 * Locks by name, in one order, until the transaction ends: what a handler declares as `locks`, for somebody who handles no
 * message. A name is hashed to one of the policy's lock slots: a server has room for some thousand locks in all, and a
 * batch may name thousands of rows. Names of one slot wait for each other without need, and that is all.
 */
export async function lockNames(manager: EntityManager, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await manager.query(
    `SELECT pg_advisory_xact_lock($2, slot)
     FROM (SELECT DISTINCT abs(hashtextextended(name, 0) % $3)::int AS slot FROM unnest($1::text[]) AS name
           ORDER BY slot) AS sorted`,
    [names, LOCK_CLASS, messagingPolicy.lockSlots],
  );
}
