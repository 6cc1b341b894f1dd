import { envStoreUrl } from '@dozen/cache';
import { defineSection } from '@dozen/config';
import { sessionPolicy } from './policy.js';

/** `redis://` or `postgres://`: the same service with another URL, and nothing else. */
export const sessionSection = defineSection('Sessions', {
  SESSION_STORE_URL: envStoreUrl()
    .optional()
    .meta({
      description: `Where sessions are; empty it, and every browser has to begin a new one. In PostgreSQL at most ${sessionPolicy.poolMax} connections of a process. Default: DATABASE_URL`,
      example: 'redis://127.0.0.1:6379/1',
      secret: true,
    }),
});
