import { defineSection } from '@dozen/config';
import { cachePolicy } from './policy.js';
import { envStoreUrl } from './store-url.js';

export const cacheSection = defineSection('Cache', {
  CACHE_URL: envStoreUrl({
    what: 'Where the cache is; it may be away or empty at any time.',
    poolMax: cachePolicy.poolMax,
    database: 0,
  }),
});
