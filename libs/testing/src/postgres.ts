import { createHash } from 'node:crypto';
import { newId } from '@dozen/kernel';
import pg from 'pg';
import { fromEnvironment, TEST_ENVIRONMENT } from './environment.js';

/** A database of one test file's own. */
export interface TestDatabase {
  readonly url: string;
  /** Ends what is still connected. */
  drop(): Promise<void>;
}

export interface DatabaseTemplate {
  /** One template of this name is made per run, whichever test file asks first. */
  readonly name: string;
  /** Fills it (migrations, seed). Must close its connections: PostgreSQL does not clone a database in use. */
  readonly prepare: (url: string) => Promise<void>;
}

/** Made on the server of DOZEN_TEST_POSTGRES_URL: empty, or a clone of the template (about 50 ms). */
export async function createTestDatabase(options: { template?: DatabaseTemplate } = {}): Promise<TestDatabase> {
  const admin = fromEnvironment(TEST_ENVIRONMENT.postgres);
  const name = `${databasePrefix()}${newId().replaceAll('-', '')}`;
  const template = options.template === undefined ? undefined : await ensureTemplate(admin, options.template);
  await asAdmin(admin, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template ?? 'template1'}`));
  return {
    url: databaseUrl(admin, name),
    drop: () => asAdmin(admin, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  };
}

/** Drops every database of this run, templates and those that a test left behind. Returns how many. */
export async function dropTestDatabases(): Promise<number> {
  let dropped = 0;
  await asAdmin(fromEnvironment(TEST_ENVIRONMENT.postgres), async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
      [databasePrefix()],
    );
    for (const { datname } of rows) {
      await client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(datname)} WITH (FORCE)`);
    }
    dropped = rows.length;
  });
  return dropped;
}

async function ensureTemplate(admin: string, { name, prepare }: DatabaseTemplate): Promise<string> {
  const database = `${databasePrefix()}template_${createHash('sha256').update(name).digest('hex').slice(0, 12)}`;
  await asAdmin(admin, async (client) => {
    // Test files run in several processes: the first one prepares, the others wait here.
    await client.query('SELECT pg_advisory_lock(hashtext($1))', [database]);
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (rowCount !== 0) return;
    await client.query(`CREATE DATABASE ${database}`);
    try {
      await prepare(databaseUrl(admin, database));
    } catch (error) {
      await client.query(`DROP DATABASE ${database} WITH (FORCE)`);
      throw error;
    }
  });
  return database;
}

function databasePrefix(): string {
  return `test_${fromEnvironment(TEST_ENVIRONMENT.run)}_`;
}

function databaseUrl(admin: string, database: string): string {
  const url = new URL(admin);
  url.pathname = `/${database}`;
  return url.href;
}

async function asAdmin(url: string, use: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}
