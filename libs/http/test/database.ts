import { newId } from '@dozen/kernel';
import { DataSource } from 'typeorm';

/** An empty database of this spec's own, on the server that the test run provides. */
export async function createDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const admin = process.env['DOZEN_TEST_POSTGRES_URL'];
  if (admin === undefined) {
    throw new Error('DOZEN_TEST_POSTGRES_URL is not set: component tests need a PostgreSQL to make databases in');
  }
  const name = `http_${newId().replaceAll('-', '')}`;
  const server = new DataSource({ type: 'postgres', url: admin });
  await server.initialize();
  await server.query(`CREATE DATABASE ${name}`);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: async () => {
      await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await server.destroy();
    },
  };
}
