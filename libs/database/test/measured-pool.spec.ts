import { collectMeters, type Series } from '@dozen/testing';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { pgDriver } from '../src/measured-pool.js';
import { createTestDatabase, rejection, type TestDatabase } from './support/database.js';

describe('the pool of a service', () => {
  it('is pg itself where nobody collects metrics', () => {
    expect(pgDriver()).toBe(pg);
  });

  describe('with metrics', () => {
    let meters: ReturnType<typeof collectMeters>;
    let database: TestDatabase;
    let dataSource: DataSource;

    beforeAll(async () => {
      meters = collectMeters();
      database = await createTestDatabase();
      const config = { ...database.config, DATABASE_POOL_MAX: 2 };
      dataSource = await database.open({ config });
    });

    afterAll(async () => {
      await database.drop();
      await meters.stop();
    });

    const all = async (name: string): Promise<Series[]> => (await meters.collect()).filter((one) => one.name === name);

    it('shows its connections, who waits for one, and how long', async () => {
      const [first, second] = [dataSource.createQueryRunner(), dataSource.createQueryRunner()];
      await Promise.all([first.connect(), second.connect()]);
      const waiting = dataSource.query('SELECT 1');
      await new Promise((resolve) => setTimeout(resolve, 20));
      const [pending] = await all('db.client.connection.pending_requests');
      expect(pending?.value).toBe(1);
      const counts = await all('db.client.connection.count');
      expect(counts.map(({ attributes, value }) => [attributes['db.client.connection.state'], value])).toEqual([
        ['idle', 0],
        ['used', 2],
      ]);
      expect((await all('db.client.connection.max'))[0]?.value).toBe(2);
      await first.release();
      await waiting;
      await second.release();
      // One by TypeORM's own look at the pool, and three here.
      expect((await all('db.client.connection.wait_time'))[0]?.value).toBeGreaterThanOrEqual(4);
      expect((await all('db.client.connection.use_time'))[0]?.value).toBeGreaterThanOrEqual(4);
    });

    it('measures statements by their verb, and errors by SQLSTATE', async () => {
      await dataSource.query('SELECT 4711');
      await dataSource.query('WITH x AS (SELECT 1) SELECT * FROM x');
      await dataSource.query('VACUUM');
      await rejection(dataSource.query('SELECT 1 / 0'));
      const measured = await all('db.client.operation.duration');
      const kinds = measured.map(({ attributes }) => [attributes['db.operation.name'], attributes['error.type']]);
      expect(kinds).toEqual(
        expect.arrayContaining([
          ['SELECT', undefined],
          ['WITH', undefined],
          ['_OTHER', undefined],
          ['SELECT', '22012'],
        ]),
      );
    });

    it('sees the verb behind a comment', async () => {
      await dataSource.query('/* a reason */\n  UPDATE pg_class SET relname = relname WHERE false');
      const measured = await all('db.client.operation.duration');
      expect(measured.map(({ attributes }) => attributes['db.operation.name'])).toContain('UPDATE');
    });

    it('is asked no more when it is closed', async () => {
      const other = await database.open();
      await other.destroy();
      expect(await all('db.client.connection.max')).toHaveLength(1);
    });
  });
});
