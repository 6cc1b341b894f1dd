import { MigrationExecutor, type DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';

/** Any constant of ours would do; this one spells "dozen". Advisory locks are per database, so services do not meet. */
const MIGRATION_LOCK = 0x646f7a656e;

/**
 * A migration that cannot get its lock fails after this many ms, and `migrate` is run again: while DDL waits for a
 * table, every statement behind it waits too, so a long wait would stop the service.
 */
const DDL_LOCK_TIMEOUT_MS = 10_000;

/**
 * A migration that does more than expand, and says so: `npm test` compares new migrations with the last release and refuses
 * one that takes away, or locks a table for long, without a word. docs/evolution.md has the steps.
 */
export interface DeclaredMigration extends MigrationInterface {
  /** The release that no longer uses what goes: `0.2.0`. It must be out, since its build runs on this schema. */
  readonly unusedSince?: string;
  /** Why the lock may be held, or the table read, for as long as it takes. */
  readonly lockedBecause?: string;
}

/**
 * Applies every migration of this build that is not applied yet, each in a transaction of its own, in the order of
 * their timestamps. Two runs at once are safe: the second waits for the first and finds nothing to do. Needs a session
 * of its own, so not a transaction pooler between (`createDataSource({ direct: true })`).
 * @returns the names applied. What was applied before a failing migration stays applied.
 */
export async function runMigrations(dataSource: DataSource): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    // After the advisory lock: lock_timeout would end the wait for that one as well.
    await runner.query(`SET lock_timeout = ${DDL_LOCK_TIMEOUT_MS}`);
    const executor = new MigrationExecutor(dataSource, runner);
    executor.transaction = 'each';
    const applied = await executor.executePendingMigrations();
    return applied.map((migration) => migration.name);
  } finally {
    await endSession(runner);
  }
}

/** A connection that broke has lost its lock and settings by itself; the error that the caller sees is the first one. */
async function endSession(runner: QueryRunner): Promise<void> {
  try {
    if (!runner.isReleased) await runner.query('SELECT pg_advisory_unlock_all()');
    if (!runner.isReleased) await runner.query('RESET lock_timeout');
  } catch (error) {
    process.emitWarning(`migrate: the connection broke: ${String(error)}`);
  } finally {
    await runner.release();
  }
}

/**
 * Names of the migrations that this build contains and the database lacks, oldest first. A database that has more is
 * fine: it belongs to the next release, and this one is being rolled out or back.
 */
export async function pendingMigrations(dataSource: DataSource): Promise<string[]> {
  const pending = await new MigrationExecutor(dataSource).getPendingMigrations();
  return pending.map((migration) => migration.name);
}
