import type { Logger } from '@dozen/telemetry';
import { PgBoss } from 'pg-boss';
import { clientKeepAlive, lastWords, withoutClient } from '../clients.js';
import { type DatabaseConfig, directUrl } from '../data-source.js';
import { ServiceClient } from '../service-client.js';
import { notFlushedOptions } from '../session-settings.js';
import { bossTelemetry, JOBS_SCHEMA, jobsPolicy } from './policy.js';

/** pg-boss as a worker runs it, not yet started: on queues that `migrate` has made. */
export function createBoss(options: {
  readonly config: DatabaseConfig;
  readonly service: string;
  readonly logger: Logger;
}): PgBoss {
  const { config, service, logger } = options;
  const boss = new PgBoss({
    connectionString: directUrl(config),
    application_name: `${service}-jobs`,
    connectionTimeoutMillis: config.DATABASE_CONNECT_TIMEOUT_MS,
    // The pool of the worker does not wait for the disk: an attempt that a crash forgets is made again, and its result is
    // committed by the service's own pool.
    options: notFlushedOptions,
    ...{ Client: ServiceClient },
    ...clientKeepAlive,
    ...lastWords,
    max: jobsPolicy.poolMax,
    schema: JOBS_SCHEMA,
    openTelemetry: bossTelemetry,
    migrate: false,
    createSchema: false,
    registerInstance: false,
    schedule: false,
    supervise: true,
    superviseIntervalSeconds: jobsPolicy.superviseIntervalSeconds,
    monitorIntervalSeconds: jobsPolicy.monitorIntervalSeconds,
  });
  // Without a listener an 'error' event would end the process; pg-boss goes on by itself.
  boss.on('error', (error) => logger.warn({ err: withoutClient(error) }, 'jobs: pg-boss reports an error'));
  boss.on('warning', (warning) => logger.warn({ warning }, 'jobs: pg-boss warns'));
  return boss;
}
