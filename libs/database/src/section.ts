import { defineSection, envInt, envUrl } from '@dozen/config';
import { jobsPolicy } from './jobs/policy.js';
import { POSTGRES } from './postgres-url.js';

/** Where the service's own database is, and the limits of the pool. */
export const databaseSection = defineSection('Database', {
  DATABASE_URL: envUrl(POSTGRES).meta({
    description: "The service's own PostgreSQL database; no other service connects to it",
    example: 'postgres://orders:secret@127.0.0.1:5432/orders',
    secret: true,
  }),
  DATABASE_DIRECT_URL: envUrl(POSTGRES).optional().meta({
    description:
      'The same database past a transaction pooler (PgBouncer): its processes LISTEN there. Default: DATABASE_URL',
    example: 'postgres://orders:secret@127.0.0.1:5433/orders',
    secret: true,
  }),
  DATABASE_POOL_MAX: envInt({ min: 1, max: 1000 })
    .default(10)
    .meta({
      description: `Most connections of the pool that requests, messages and the relay share. A process holds more: 1 for readiness, 1 to LISTEN, ${jobsPolicy.poolMax} with job workers, and those of a cache or sessions in PostgreSQL; config print adds them up`,
    }),
  DATABASE_POOL_IDLE_MS: envInt({ min: 0 }).default(10_000).meta({
    description: 'An idle connection is closed after this many ms; 0 = never',
  }),
  DATABASE_POOL_LIFETIME_S: envInt({ min: 0 }).default(3_600).meta({
    description: 'A connection is replaced after this many seconds, so that a fleet spreads again; 0 = never',
  }),
  DATABASE_CONNECT_TIMEOUT_MS: envInt({ min: 1 }).default(5_000).meta({
    description: 'How long to wait for a connection, new or from the pool, in ms',
  }),
});
