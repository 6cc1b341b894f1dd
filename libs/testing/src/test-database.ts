import { newId } from '@dozen/kernel';
import pg from 'pg';

/** An empty database of one test file's own. */
export interface TestDatabase {
  readonly url: string;
  /** Ends what is still connected. */
  drop(): Promise<void>;
}

/** Made on the server of DOZEN_TEST_POSTGRES_URL (an admin's URL), which the component run's global set-up provides. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const admin = required('DOZEN_TEST_POSTGRES_URL');
  const name = `test_${newId().replaceAll('-', '')}`;
  await execute(admin, `CREATE DATABASE ${name}`);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => execute(admin, `DROP DATABASE ${name} WITH (FORCE)`) };
}

/** `kafka://…` of the broker that all test files share; each uses topics and groups with names of its own. */
export function testKafkaUrl(): string {
  return required('DOZEN_TEST_KAFKA_URL');
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set: the global set-up has not run`);
  return value;
}
