import pg from 'pg';

/** One statement on a connection of its own. Rejects with the driver's error, and when the server goes away meanwhile. */
export async function query<T extends pg.QueryResultRow = Record<string, unknown>>(
  connectionString: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<T[]> {
  const client = new pg.Client({ connectionString });
  // A server that dies says so to the query, and by an event besides.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<T>(sql, [...values])).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}
