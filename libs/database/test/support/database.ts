import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import {
  createDataSource,
  type CreateDataSourceOptions,
  type DatabaseConfig,
  type OutboxPort,
  type OutgoingMessage,
  type Statement,
} from '../../src/index.js';

/** A database of the test file's own. */
export interface TestDatabase {
  readonly config: DatabaseConfig;
  /** Initialised; closed by `drop`. */
  open(options?: Partial<CreateDataSourceOptions>): Promise<DataSource>;
  /** On a connection of its own, outside of every pool under test. */
  query<T = Record<string, unknown>>(text: string, values?: unknown[]): Promise<T[]>;
  drop(): Promise<void>;
}

export async function createTestDatabase(): Promise<TestDatabase> {
  const adminUrl = process.env['DOZEN_TEST_POSTGRES_URL'];
  if (adminUrl === undefined) throw new Error('DOZEN_TEST_POSTGRES_URL is not set: run this through Jest');
  const name = `database_${randomBytes(6).toString('hex')}`;
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  const config: DatabaseConfig = {
    DATABASE_URL: url.href,
    DATABASE_POOL_MAX: 10,
    DATABASE_POOL_IDLE_MS: 10_000,
    DATABASE_POOL_LIFETIME_S: 3_600,
    DATABASE_CONNECT_TIMEOUT_MS: 2_000,
  };
  const observer = new Client({ connectionString: url.href, application_name: 'observer' });
  await observer.connect();
  const opened: DataSource[] = [];
  return {
    config,
    async open(options = {}) {
      const dataSource = createDataSource({
        config,
        service: 'under-test',
        entities: [],
        migrations: [],
        // destroy() does not wait for the sockets, and dropping the database ends those still open.
        onPoolError: () => undefined,
        ...options,
      });
      await dataSource.initialize();
      opened.push(dataSource);
      return dataSource;
    },
    async query<T>(text: string, values: unknown[] = []) {
      return (await observer.query(text, values)).rows as T[];
    },
    async drop() {
      for (const dataSource of opened) if (dataSource.isInitialized) await dataSource.destroy();
      await observer.end();
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}

/** Writes to a plain table, and remembers what it was told. */
export class TableOutbox implements OutboxPort {
  readonly counts: number[] = [];
  writes = 0;

  statementOf(messages: readonly OutgoingMessage[]): Statement {
    this.writes += 1;
    const values = messages.map(({ id, subject, payload }) => ({ id, subject, payload }));
    return {
      text: `INSERT INTO outbox (id, subject, payload)
             SELECT id, subject, payload FROM jsonb_to_recordset($1) AS m (id uuid, subject text, payload jsonb)`,
      values: [JSON.stringify(values)],
    };
  }

  committed(messages: readonly OutgoingMessage[]): void {
    this.counts.push(messages.length);
  }

  static readonly ddl = `CREATE TABLE outbox (seq int GENERATED ALWAYS AS IDENTITY, id uuid, subject text, payload jsonb)`;
}

/** Until `check` returns something other than undefined or false. */
export async function eventually<T>(
  check: () => T | undefined | false | Promise<T | undefined | false>,
  withinMs = 10_000,
): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const value = await check();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms: ${check.toString()}`);
    await sleep(20);
  }
}

/** What a promise rejects with; fails when it does not. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('expected a rejection');
}

/** What a function throws; fails when it does not. */
export function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('expected it to throw');
}
