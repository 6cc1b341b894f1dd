import type { MigrationInterface, QueryRunner } from 'typeorm';
import { pendingMigrations, runMigrations } from '../src/index.js';
import { createTestDatabase, rejection, type TestDatabase } from './support/database.js';

class First1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Long enough that a second run without the lock would come in between.
    await runner.query('SELECT pg_sleep(0.2)');
    await runner.query('CREATE TABLE first (id int)');
  }
  async down(): Promise<void> {}
}

class Second1700000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE second (id int)');
  }
  async down(): Promise<void> {}
}

class Broken1700000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE third (id int)');
    await runner.query('SELECT 1 / 0');
  }
  async down(): Promise<void> {}
}

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const tables = async (): Promise<string[]> =>
  (
    await database.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables
        WHERE table_schema = 'public' AND table_name <> 'migrations' ORDER BY 1`,
    )
  ).map(({ name }) => name);

describe('migrations', () => {
  it('are pending until they ran, and an older build has none pending on a newer schema', async () => {
    const older = await database.open({ migrations: [First1700000000001] });
    const newer = await database.open({ migrations: [First1700000000001, Second1700000000002] });
    expect(await pendingMigrations(newer)).toEqual(['First1700000000001', 'Second1700000000002']);
    expect(await runMigrations(older)).toEqual(['First1700000000001']);
    expect(await pendingMigrations(newer)).toEqual(['Second1700000000002']);
    expect(await runMigrations(newer)).toEqual(['Second1700000000002']);
    expect(await pendingMigrations(newer)).toEqual([]);
    expect(await pendingMigrations(older)).toEqual([]);
    expect(await runMigrations(older)).toEqual([]);
  });

  it('run once when two processes migrate at the same time, also with a pool of one', async () => {
    const config = { ...database.config, DATABASE_POOL_MAX: 1 };
    const migrations = [First1700000000001, Second1700000000002];
    const both = await Promise.all([database.open({ config, migrations }), database.open({ config, migrations })]);
    const applied = await Promise.all(both.map(runMigrations));
    expect(applied.flat().sort()).toEqual(['First1700000000001', 'Second1700000000002']);
    expect(await tables()).toEqual(['first', 'second']);
  });

  it('stop at the one that fails: it leaves nothing, those before it stay, and the lock is free again', async () => {
    // Its session stays open: only an unlock frees the lock.
    const config = { ...database.config, DATABASE_POOL_IDLE_MS: 0 };
    const broken = await database.open({ config, migrations: [First1700000000001, Broken1700000000003] });
    expect(String(await rejection(runMigrations(broken)))).toContain('division by zero');
    expect(await tables()).toEqual(['first']);
    expect(await pendingMigrations(broken)).toEqual(['Broken1700000000003']);
    const fixed = await database.open({ migrations: [First1700000000001, Second1700000000002] });
    expect(await runMigrations(fixed)).toEqual(['Second1700000000002']);
    expect(await broken.query('SHOW lock_timeout')).toEqual([{ lock_timeout: '0' }]);
  });
});
