import { clientKeepAlive, lastWords, sessionOptions } from '@dozen/database';
import { KeyvPostgres } from '@keyv/postgres';
import { Keyv } from 'keyv';
import pg from 'pg';
import type { Store, StoreOptions, StoreTable } from './store.js';

/**
 * @keyv/postgres on a pool of our own. Its own one belongs to the module, so that two caches of a process would share it
 * and the first to close would close both; and nobody hears its errors, so that a connection that breaks while idle would
 * end the process. It also creates the table when it connects, which is for `migrate` to do.
 */
class PooledKeyvPostgres extends KeyvPostgres {
  constructor(pool: pg.Pool, { schema, table }: StoreTable) {
    super({ schema, table });
    this.query = async (sql, values) => (await pool.query<Record<string, unknown>>(sql, values as unknown[])).rows;
  }

  /** Called once, by the base's constructor, to create the table. */
  override connect(): ReturnType<KeyvPostgres['connect']> {
    return Promise.resolve(() => Promise.resolve([]));
  }
}

export function openPostgres({ url, service, table, policy, onError }: StoreOptions): Store {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: `${service} ${table.schema}`,
    max: policy.poolMax,
    idleTimeoutMillis: policy.poolIdleMs,
    connectionTimeoutMillis: policy.timeoutMs,
    // The connection of a question that was given up is closed.
    query_timeout: policy.timeoutMs,
    options: sessionOptions,
    ...clientKeepAlive,
    ...lastWords,
  });
  pool.on('error', onError);
  const keyv = new Keyv<unknown>({
    store: new PooledKeyvPostgres(pool, table),
    namespace: service,
    throwOnErrors: true,
  });
  return {
    keyv,
    // As keyv stores it: {"value":…,"expires":<epoch ms>}.
    dropExpired: async () => {
      const over = `DELETE FROM ${table.schema}.${table.table} WHERE (value::json ->> 'expires')::bigint < $1`;
      await pool.query(over, [Date.now()]);
    },
    close: () => pool.end(),
  };
}
