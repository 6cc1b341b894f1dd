import { ofEach, SERVICE_NAMES, type ServiceName } from '@dozen/manifest';
import pg from 'pg';
import type { Databases } from '../chaos/databases.js';

/** The services' databases, read often: by connections that are kept. */
export class Stores {
  readonly #pools: Readonly<Record<ServiceName, pg.Pool>>;

  constructor(databases: Databases) {
    this.#pools = ofEach((service) => {
      const pool = new pg.Pool({ connectionString: databases[service], max: 3 });
      // A server that dies says so to the query, and by an event besides.
      pool.on('error', () => undefined);
      return pool;
    });
  }

  async query<T extends pg.QueryResultRow>(
    service: ServiceName,
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<T[]> {
    return (await this.#pools[service].query<T>(sql, [...values])).rows;
  }

  /** The same of all, with whose it is. */
  async queryAll<T extends pg.QueryResultRow>(
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<(T & { service: ServiceName })[]> {
    const rows = await Promise.all(
      SERVICE_NAMES.map(async (service) =>
        (await this.query<T>(service, sql, values)).map((row) => ({ ...row, service })),
      ),
    );
    return rows.flat();
  }

  async stop(): Promise<void> {
    await Promise.all(Object.values(this.#pools).map((pool) => pool.end()));
  }
}
