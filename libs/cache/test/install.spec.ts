import { createLogger } from '@dozen/telemetry';
import { createTestDatabase, type TestDatabase } from '@dozen/testing';
import pg from 'pg';
import { installCache, missingCache, TtlCache } from '../src/index.js';

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(() => database.drop());

async function persistence(): Promise<unknown> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query<{ relpersistence: string }>(
    "SELECT relpersistence FROM pg_class WHERE oid = to_regclass('cache.entries')",
  );
  await client.end();
  return rows[0]?.relpersistence;
}

describe('the table of a cache in PostgreSQL', () => {
  it('is made by migrate alone, unlogged, also by two at once and again', async () => {
    await Promise.all([installCache(database.url), installCache(database.url)]);
    await installCache(database.url);
    expect(await persistence()).toBe('u');
  });

  it('is missing by its name until then; where nobody answers, and in Redis, nothing is', async () => {
    expect(await missingCache(database.url)).toEqual(['table cache.entries']);
    await installCache(database.url);
    expect(await missingCache(database.url)).toEqual([]);
    expect(await missingCache('postgres://nobody@127.0.0.1:1/none')).toEqual([]);
    expect(await missingCache('redis://127.0.0.1:1')).toEqual([]);
  });

  it('is not made by a process that finds none; that goes without', async () => {
    const logs: string[] = [];
    const destination = { write: (line: string) => void logs.push(line) };
    const logger = createLogger({ service: 'test', release: 'test', level: 'info', destination });
    const cache = await TtlCache.open({ url: database.url, service: 'test', ttlMs: 1000, logger });
    expect(await cache.get('key', () => Promise.resolve('text'))).toBe('text');
    await cache.close();
    expect(logs.join()).toMatch(/cache\.entries\\" does not exist/);
    expect(await persistence()).toBeUndefined();
  });
});
