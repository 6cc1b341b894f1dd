import { createDataSource, runMigrations, UnitsOfWork } from '@dozen/database';
import { newId } from '@dozen/kernel';
import { createTestDatabase } from '@dozen/testing';
import type pg from 'pg';
import { IdempotencyKeys, idempotencyMigrations, type StoredResponse } from '../src/index.js';

export const ACCEPTED: StoredResponse = {
  status: 202,
  headers: { location: '/v1/orders/1' },
  body: { id: '1', total: [1, 2] },
};

export interface SendOptions {
  readonly customerId?: string;
  readonly hash?: string;
  /** Runs while the request's transaction is open. */
  readonly during?: () => Promise<void>;
  readonly via?: UnitsOfWork;
}

/*
 * now() of the test's database. As PostgreSQL's own, it stands still within a transaction: `send` keeps the time of its
 * begin in a setting. Found before pg_catalog's because the search path says so.
 */
const CLOCK = [
  'CREATE SCHEMA clock',
  'CREATE TABLE clock.hands (at timestamptz)',
  `CREATE FUNCTION clock.now() RETURNS timestamptz STABLE LANGUAGE sql AS $$
     SELECT coalesce(nullif(current_setting('clock.begin', true), '')::timestamptz,
                     (SELECT at FROM clock.hands), pg_catalog.now()) $$`,
];

/** Idempotency keys in a database of the test's own, whose clock can be set. */
export async function startKeys() {
  const keys = new IdempotencyKeys();
  const database = await createTestDatabase();
  const connect = () =>
    createDataSource({
      config: {
        DATABASE_URL: database.url,
        DATABASE_POOL_MAX: 30,
        DATABASE_POOL_IDLE_MS: 1000,
        DATABASE_POOL_LIFETIME_S: 60,
        DATABASE_CONNECT_TIMEOUT_MS: 5000,
      },
      service: 'http-test',
      entities: [],
      migrations: idempotencyMigrations,
    }).initialize();
  const before = await connect();
  await runMigrations(before);
  for (const statement of CLOCK) await before.query(statement);
  await before.query('CREATE TABLE effects (id text PRIMARY KEY)');
  await before.destroy();
  const dataSource = await connect();
  // Before anything else of each connection, and of the one that is there: what a session begins with is not for a database to say.
  const { master } = dataSource.driver as unknown as { readonly master: pg.Pool };
  const path = 'SET search_path = public, clock, pg_catalog';
  master.on('connect', (client) => void client.query(path));
  await dataSource.query(path);
  const outbox = { statementOf: () => ({ text: 'SELECT', values: [] }), committed: () => undefined };
  const units = new UnitsOfWork({ dataSource, outbox, policy: { lockTimeoutMs: 10_000 } });
  const impatient = new UnitsOfWork({ dataSource, outbox, policy: { lockTimeoutMs: 200 } });
  const effects = async (): Promise<number> => {
    const rows: { n: number }[] = await dataSource.query('SELECT count(*)::int AS n FROM effects');
    return rows[0]?.n ?? -1;
  };
  return {
    keys,
    dataSource,
    units,
    /** Waits 200 ms for a lock. */
    impatient,
    /** One request with one effect. */
    send: (key: string, { customerId = 'ada', hash = 'h', during, via = units }: SendOptions = {}) =>
      via.run(async (unit) => {
        await unit.manager.query("SELECT set_config('clock.begin', now()::text, true)");
        return keys.run(unit, { customerId, key, requestHash: hash }, async () => {
          await unit.manager.query('INSERT INTO effects VALUES ($1)', [newId()]);
          await during?.();
          return ACCEPTED;
        });
      }),
    async effectsOf(work: () => Promise<unknown>): Promise<number> {
      const earlier = await effects();
      await work();
      return (await effects()) - earlier;
    },
    /** Resolves when so many sessions wait for a lock. */
    async untilWaiting(sessions: number): Promise<void> {
      for (;;) {
        const rows: unknown[] = await dataSource.query(
          "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        if (rows.length >= sessions) return;
      }
    },
    /** Sets the database's clock; it stands still then. */
    async setClock(at: string | Date): Promise<void> {
      await dataSource.query('DELETE FROM clock.hands');
      await dataSource.query('INSERT INTO clock.hands VALUES ($1)', [at]);
    },
    async stop(): Promise<void> {
      await dataSource.destroy();
      await database.drop();
    },
  };
}
