import type { DatabaseConfig } from './data-source.js';
import { jobsPolicy } from './jobs/policy.js';

/** One owner of connections to PostgreSQL within a process. */
export interface ConnectionShare {
  /** As pg_stat_activity has it. */
  readonly applicationName: string;
  readonly most: number;
  readonly why: string;
}

/**
 * The most connections of what this library opens, by owner: what DATABASE_POOL_MAX bounds, and what stands beside it so
 * that it never waits for the pool. A connection that is replaced (a probe without an answer, a LISTEN that broke) may be
 * seen by the server for the seconds until it notices.
 */
export function databaseConnections(
  config: Pick<DatabaseConfig, 'DATABASE_POOL_MAX'>,
  { service, jobs }: { readonly service: string; readonly jobs: boolean },
): ConnectionShare[] {
  const own = [
    { applicationName: service, most: config.DATABASE_POOL_MAX, why: 'the pool: requests, messages, relay' },
    { applicationName: `${service} probe`, most: 1, why: 'readiness' },
    { applicationName: `${service}-notifications`, most: 1, why: 'what its processes tell each other' },
  ];
  return jobs ? [...own, { applicationName: `${service}-jobs`, most: jobsPolicy.poolMax, why: 'job workers' }] : own;
}
