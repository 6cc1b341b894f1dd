import { clientKeepAlive, sessionOptions } from '@dozen/database';
import pg from 'pg';
import { CACHE_TABLE, isPostgres, type StoreTable } from './store.js';

/** Any constant of ours would do. Advisory locks are per database. */
const INSTALL_LOCK = 0x63616368;

/** In ms: a service that starts waits for it each time it looks whether everything is there. */
const LOOK_WITHIN_MS = 1_000;

/** Part of `migrate`: makes the table where the cache is in PostgreSQL. Repeatable; two at once are safe. */
export function installCache(url: string): Promise<void> {
  return installStore(url, CACHE_TABLE);
}

/** What `installCache` would make, by a name for an operator. */
export function missingCache(url: string): Promise<string[]> {
  return missingStore(url, CACHE_TABLE);
}

/** Makes the table of a store, in whatever database the URL names. Repeatable; two at once are safe. Redis needs nothing. */
export async function installStore(url: string, { schema, table, durable }: StoreTable): Promise<void> {
  if (!isPostgres(url)) return;
  const client = new pg.Client({ connectionString: url, options: sessionOptions });
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

/**
 * What `installStore` would make. Empty for Redis, and empty where the database does not answer: nobody knows then whether the
 * table is there.
 */
export async function missingStore(url: string, { schema, table }: StoreTable): Promise<string[]> {
  if (!isPostgres(url)) return [];
  const limits = { connectionTimeoutMillis: LOOK_WITHIN_MS, query_timeout: LOOK_WITHIN_MS };
  const client = new pg.Client({ connectionString: url, options: sessionOptions, ...limits, ...clientKeepAlive });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const name = `${schema}.${table}`;
    const { rows } = await client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [name]);
    return rows[0]?.there === true ? [] : [`table ${name}`];
  } catch {
    return [];
  } finally {
    // Nobody waits for the goodbye of a server that may hang.
    client.end().catch(() => undefined);
  }
}
