import type { PgBoss } from 'pg-boss';
import type { DataSource, EntityManager } from 'typeorm';
import { databaseError } from '../errors.js';
import { bossDb } from './boss-db.js';
import { jobsInstalled } from './install.js';
import { bossTelemetry, JOBS_SCHEMA } from './policy.js';

/** A job out of attempts: nothing happens to it until an operator sees to it. */
export interface FailedJob {
  readonly id: string;
  readonly queue: string;
  /** What was enqueued; may hold personal data. */
  readonly data: unknown;
  readonly attempts: number;
  /** Message of the last attempt's error. */
  readonly reason: string;
  /** Code of that error, if it had one. */
  readonly code: string | undefined;
  readonly correlationId: string | undefined;
  readonly createdAt: Date;
  readonly failedAt: Date;
}

interface FailedRow {
  readonly id: string;
  readonly queue: string;
  readonly stored: { readonly data?: unknown; readonly trace?: { readonly correlationId?: string } } | null;
  readonly attempts: number;
  readonly output: { readonly message?: unknown; readonly code?: unknown; readonly value?: unknown } | null;
  readonly createdAt: Date;
  readonly failedAt: Date;
}

const COLUMNS = `id, name AS queue, data AS stored, retry_count + 1 AS attempts, output,
            created_on AS "createdAt", completed_on AS "failedAt"`;

/** Jobs out of attempts, oldest failure first, at most `limit`. Empty for a service without jobs. */
export async function failedJobs(dataSource: DataSource, limit = 1_000): Promise<FailedJob[]> {
  if (!(await jobsInstalled(dataSource))) return [];
  const rows: FailedRow[] = await dataSource.query(
    `SELECT ${COLUMNS} FROM ${JOBS_SCHEMA}.job WHERE state = 'failed' ORDER BY completed_on, id LIMIT $1`,
    [limit],
  );
  return rows.map(failedJobOf);
}

/** @throws JOB-NOT-FOUND when no job with this id is out of attempts. */
export async function failedJob(dataSource: DataSource, id: string): Promise<FailedJob> {
  if (!(await jobsInstalled(dataSource))) throw notFound(id);
  return find(dataSource.manager, id);
}

/** Gives the job one more attempt, as soon as a worker is free, in the caller's transaction. @throws JOB-NOT-FOUND. */
export async function retryFailedJob(manager: EntityManager, id: string): Promise<void> {
  const { queue } = await find(manager, id);
  await (await bossOf(manager)).retry(queue, id);
}

/** Removes the job for good, in the caller's transaction. @throws JOB-NOT-FOUND. */
export async function discardFailedJob(manager: EntityManager, id: string): Promise<void> {
  const { queue } = await find(manager, id);
  await (await bossOf(manager)).deleteJob(queue, id);
}

async function find(manager: EntityManager, id: string): Promise<FailedJob> {
  const [row]: FailedRow[] = await manager.query(
    `SELECT ${COLUMNS} FROM ${JOBS_SCHEMA}.job WHERE state = 'failed' AND id = $1 FOR UPDATE`,
    [id],
  );
  if (row === undefined) throw notFound(id);
  return failedJobOf(row);
}

/** Never started: it only writes statements, on the transaction's connection. */
async function bossOf(manager: EntityManager): Promise<PgBoss> {
  const { PgBoss } = await import('pg-boss');
  const db = bossDb(manager);
  return new PgBoss({ schema: JOBS_SCHEMA, openTelemetry: bossTelemetry, migrate: false, registerInstance: false, db });
}

function notFound(id: string): Error {
  return databaseError('JOB-NOT-FOUND', `no job ${id} is out of attempts`, { details: { id } });
}

function failedJobOf({ stored, output, ...row }: FailedRow): FailedJob {
  return {
    ...row,
    data: stored?.data,
    correlationId: stored?.trace?.correlationId,
    reason: typeof output?.message === 'string' ? output.message : JSON.stringify(output?.value ?? output),
    code: typeof output?.code === 'string' ? output.code : undefined,
  };
}
