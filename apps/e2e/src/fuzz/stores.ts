import pg from 'pg';
import type { Databases } from '../chaos/databases.js';
import type { Service } from '../chaos/schedule.js';

const SERVICES: readonly Service[] = ['gateway', 'orders', 'billing', 'notifier'];

/** The services' databases, read often: by connections that are kept. */
export class Stores {
  readonly #pools: ReadonlyMap<Service, pg.Pool>;

  constructor(databases: Databases) {
    this.#pools = new Map(
      SERVICES.map((service) => {
        const pool = new pg.Pool({ connectionString: databases[service], max: 3 });
        // A server that dies says so to the query, and by an event besides.
        pool.on('error', () => undefined);
        return [service, pool];
      }),
    );
  }

  async query<T extends pg.QueryResultRow>(
    service: Service,
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<T[]> {
    const pool = this.#pools.get(service);
    if (pool === undefined) throw new Error(`there is no database of ${service}`);
    return (await pool.query<T>(sql, [...values])).rows;
  }

  /** The same of all, with whose it is. */
  async queryAll<T extends pg.QueryResultRow>(
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<(T & { service: Service })[]> {
    const rows = await Promise.all(
      SERVICES.map(async (service) => (await this.query<T>(service, sql, values)).map((row) => ({ ...row, service }))),
    );
    return rows.flat();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.end()));
  }
}
