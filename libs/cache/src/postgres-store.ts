import { clientKeepAlive, lastWords, sessionOptions } from '@dozen/database';
import { KeyvPostgres } from '@keyv/postgres';
import { Keyv } from 'keyv';
import pg from 'pg';
import { CACHE_SCHEMA, CACHE_TABLE } from './install.js';
import type { Store, StoreOptions } from './store.js';

/**
 * @keyv/postgres on a pool of our own. Its own one belongs to the module, so that two caches of a process would share it
 * and the first to close would close both; and nobody hears its errors, so that a connection that breaks while idle would
 * end the process. It also creates the table when it connects, which is for `migrate` to do.
 */
class PooledKeyvPostgres extends KeyvPostgres {
  constructor(pool: pg.Pool) {
    super({ schema: CACHE_SCHEMA, table: CACHE_TABLE });
    this.query = async (sql, values) => (await pool.query<Record<string, unknown>>(sql, values as unknown[])).rows;
  }

  /** Called once, by the base's constructor, to create the table. */
  override connect(): ReturnType<KeyvPostgres['connect']> {
    return Promise.resolve(() => Promise.resolve([]));
  }
}

export function openPostgres({ url, service, policy, onError }: StoreOptions): Store {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: `${service} cache`,
    max: policy.poolMax,
    idleTimeoutMillis: policy.poolIdleMs,
    connectionTimeoutMillis: policy.patienceMs,
    // The connection of a question that was given up is closed.
    query_timeout: policy.patienceMs,
    options: sessionOptions,
    ...clientKeepAlive,
    ...lastWords,
  });
  pool.on('error', onError);
  const keyv = new Keyv<unknown>({ store: new PooledKeyvPostgres(pool), namespace: service, throwOnErrors: true });
  return { keyv, close: () => pool.end() };
}
