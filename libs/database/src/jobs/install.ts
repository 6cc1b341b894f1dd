import type { DataSource } from 'typeorm';
import { sessionOptions } from '../session-settings.js';
import { bossTelemetry, JOBS_SCHEMA, jobsPolicy } from './policy.js';
import type { JobQueue } from './queue.js';

/**
 * Creates or upgrades pg-boss' schema, creates the queues and brings their policies up to date; part of `migrate`.
 * Safe to repeat and to run twice at once. Never removes a queue: the release before may still serve it.
 */
export async function installJobs(connectionString: string, queues: readonly JobQueue[]): Promise<void> {
  const { PgBoss } = await import('pg-boss');
  const boss = new PgBoss({
    connectionString,
    options: sessionOptions,
    schema: JOBS_SCHEMA,
    openTelemetry: bossTelemetry,
    max: 2,
    migrate: true,
    supervise: false,
    schedule: false,
    registerInstance: false,
  });
  let failure: Error | undefined;
  boss.on('error', (error) => (failure ??= error));
  try {
    await boss.start();
    for (const queue of queues) {
      const options = queueOptions(queue);
      await boss.createQueue(queue.name, { ...options, policy: 'exclusive' });
      await boss.updateQueue(queue.name, options);
    }
  } finally {
    await boss.stop({ graceful: false });
  }
  if (failure !== undefined) throw failure;
}

/** Names of the queues that `installJobs` has not created; for readiness. All of them when there is no schema yet. */
export async function missingQueues(dataSource: DataSource, queues: readonly JobQueue[]): Promise<string[]> {
  if (!(await jobsInstalled(dataSource))) return queues.map((queue) => queue.name);
  const rows: { name: string }[] = await dataSource.query(`SELECT name FROM ${JOBS_SCHEMA}.queue`);
  const present = new Set(rows.map((row) => row.name));
  return queues.map((queue) => queue.name).filter((name) => !present.has(name));
}

export async function jobsInstalled(dataSource: DataSource): Promise<boolean> {
  const rows: { found: boolean }[] = await dataSource.query(
    `SELECT to_regclass('${JOBS_SCHEMA}.queue') IS NOT NULL AS found`,
  );
  return rows[0]?.found === true;
}

function queueOptions(queue: JobQueue) {
  return {
    retryLimit: queue.retryLimit,
    retryDelay: queue.retryDelayS,
    retryBackoff: queue.retryBackoff,
    ...(queue.retryDelayMaxS === undefined ? {} : { retryDelayMax: queue.retryDelayMaxS }),
    expireInSeconds: queue.expireInSeconds,
    heartbeatSeconds: jobsPolicy.heartbeatSeconds,
    deleteAfterSeconds: jobsPolicy.keepFailedSeconds,
    retentionSeconds: jobsPolicy.keepQueuedSeconds,
    notify: true,
  };
}
