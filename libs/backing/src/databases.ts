import pg from 'pg';

/** The URL of another database of the same server and role. */
export function databaseUrl(adminUrl: string, database: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.href;
}

const DUPLICATE_DATABASE = '42P04';
/** Two runs may create it at once: the loser meets the winner's row in the catalogue's unique index. */
const UNIQUE_VIOLATION = '23505';

/** Creates the database when it is missing, whoever else does so at the same time. Returns its URL. */
export async function ensureDatabase(adminUrl: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  } catch (error) {
    const state = error instanceof pg.DatabaseError ? error.code : undefined;
    if (state !== DUPLICATE_DATABASE && state !== UNIQUE_VIOLATION) throw error;
  } finally {
    await client.end();
  }
  return databaseUrl(adminUrl, name);
}
