import { defineSection } from '@dozen/config';
import { cachePolicy } from './policy.js';
import { envStoreUrl } from './store-url.js';

/** `redis://` or `postgres://`: the same service with another URL, and nothing else. */
export const cacheSection = defineSection('Cache', {
  CACHE_URL: envStoreUrl()
    .optional()
    .meta({
      description: `Where the cache is; it may be away or empty at any time. In PostgreSQL at most ${cachePolicy.poolMax} connections of a process. Default: DATABASE_URL`,
      example: 'redis://127.0.0.1:6379/0',
      secret: true,
    }),
});
