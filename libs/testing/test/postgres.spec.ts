import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../src/index.js';

async function query<T extends pg.QueryResultRow>(url: string, text: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(text)).rows;
  } finally {
    await client.end();
  }
}

describe('a test database', () => {
  const databases: TestDatabase[] = [];
  afterEach(async () => {
    await Promise.all(databases.splice(0).map((database) => database.drop()));
  });

  it('is empty and of its own', async () => {
    const pair = await Promise.all([createTestDatabase(), createTestDatabase()]);
    databases.push(...pair);
    await query(pair[0].url, 'CREATE TABLE mine (id int)');
    await expect(query(pair[1].url, 'SELECT * FROM mine')).rejects.toThrow('relation "mine" does not exist');
  });

  it('is cloned from a template that is prepared once, however many ask at once', async () => {
    let prepared = 0;
    const template = {
      name: 'counted',
      prepare: async (url: string) => {
        prepared += 1;
        await query(url, 'CREATE TABLE seeded AS SELECT 42 AS answer');
      },
    };
    databases.push(...(await Promise.all([1, 2, 3].map(() => createTestDatabase({ template })))));
    const answers = await Promise.all(databases.map(({ url }) => query<{ answer: number }>(url, 'TABLE seeded')));
    expect(answers).toEqual([[{ answer: 42 }], [{ answer: 42 }], [{ answer: 42 }]]);
    expect(prepared).toBe(1);
  });

  it('leaves no half-prepared template behind when preparing fails', async () => {
    let attempts = 0;
    const template = {
      name: 'fails once',
      prepare: async (url: string) => {
        attempts += 1;
        await query(url, 'CREATE TABLE half (id int)');
        if (attempts === 1) throw new Error('migration 7 is wrong');
      },
    };
    await expect(createTestDatabase({ template })).rejects.toThrow('migration 7 is wrong');
    databases.push(await createTestDatabase({ template }));
    expect(attempts).toBe(2);
  });
});
