import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Backing } from '@dozen/backing';
import { ROOT } from '@dozen/demo';
import type { ServiceName } from '@dozen/manifest';
import pg from 'pg';

/** Every new database is a copy of it, also one that the last release's tests make. */
const TEMPLATE = 'template1';

/**
 * From now on every database that is made on this server has the schema of this release's service, and what `more` adds
 * to it. The server must be the run's own.
 */
export async function everyDatabaseAs(backing: Backing, service: ServiceName, more: readonly string[]): Promise<void> {
  const template = backing.postgres.url(TEMPLATE);
  await execute(backing.postgres.adminUrl, [
    `ALTER DATABASE ${TEMPLATE} IS_TEMPLATE false`,
    `DROP DATABASE ${TEMPLATE} WITH (FORCE)`,
    `CREATE DATABASE ${TEMPLATE} TEMPLATE template0 IS_TEMPLATE true`,
  ]);
  const app = join(ROOT, 'apps', service);
  // `migrate` wants a whole configuration, although it uses these two alone.
  const example = `--env-file=${join(app, '.env.example')}`;
  await promisify(execFile)(process.execPath, [example, join(app, 'dist', 'main.js'), 'migrate'], {
    env: { PATH: process.env['PATH'], DATABASE_URL: template, KAFKA_URL: backing.kafka.url },
  });
  await execute(template, more);
}

/** One statement after the other, each in a transaction of its own. */
export async function execute(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
