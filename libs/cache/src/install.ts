import pg from 'pg';
import { CACHE_TABLE, isPostgres, type StoreTable } from './store.js';

/** Any constant of ours would do. Advisory locks are per database. */
const INSTALL_LOCK = 0x63616368;

/** Part of `migrate`: makes the table where the cache is in PostgreSQL. Repeatable; two at once are safe. */
export function installCache(url: string): Promise<void> {
  return installStore(url, CACHE_TABLE);
}

/** Makes the table of a store, in whatever database the URL names. Repeatable; two at once are safe. Redis needs nothing. */
export async function installStore(url: string, { schema, table, durable }: StoreTable): Promise<void> {
  if (!isPostgres(url)) return;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [INSTALL_LOCK]);
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    await client.query(
      `CREATE ${durable ? '' : 'UNLOGGED '}TABLE IF NOT EXISTS ${schema}.${table} (key varchar(255) PRIMARY KEY, value text)`,
    );
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}
