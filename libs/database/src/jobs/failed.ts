import type { DataSource } from 'typeorm';
import { jobsInstalled } from './install.js';
import { JOBS_SCHEMA } from './policy.js';

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

/** Jobs out of attempts, oldest failure first, at most `limit`. Empty for a service without jobs. */
export async function failedJobs(dataSource: DataSource, limit = 1_000): Promise<FailedJob[]> {
  if (!(await jobsInstalled(dataSource))) return [];
  const rows: FailedRow[] = await dataSource.query(
    `SELECT id, name AS queue, data AS stored, retry_count + 1 AS attempts, output,
            created_on AS "createdAt", completed_on AS "failedAt"
       FROM ${JOBS_SCHEMA}.job WHERE state = 'failed' ORDER BY completed_on, id LIMIT $1`,
    [limit],
  );
  return rows.map(({ stored, output, ...row }) => ({
    ...row,
    data: stored?.data,
    correlationId: stored?.trace?.correlationId,
    reason: typeof output?.message === 'string' ? output.message : JSON.stringify(output?.value ?? output),
    code: typeof output?.code === 'string' ? output.code : undefined,
  }));
}
