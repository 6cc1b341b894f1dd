import pg from 'pg';
import { isPostgres } from './store.js';

export const CACHE_SCHEMA = 'cache';
export const CACHE_TABLE = 'entries';

/** Any constant of ours would do. Advisory locks are per database. */
const INSTALL_LOCK = 0x63616368;

/**
 * Part of `migrate`: makes the table where the cache is in PostgreSQL, in whatever database the URL names. Unlogged: what
 * a crash empties is read from its source again. Repeatable; two at once are safe. Redis needs nothing.
 */
export async function installCache(url: string): Promise<void> {
  if (!isPostgres(url)) return;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [INSTALL_LOCK]);
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${CACHE_SCHEMA}`);
    await client.query(
      `CREATE UNLOGGED TABLE IF NOT EXISTS ${CACHE_SCHEMA}.${CACHE_TABLE} (key varchar(255) PRIMARY KEY, value text)`,
    );
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}
