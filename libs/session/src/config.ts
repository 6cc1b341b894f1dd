import { envStoreUrl } from '@dozen/cache';
import { defineSection } from '@dozen/config';
import { sessionPolicy } from './policy.js';

export const sessionSection = defineSection('Sessions', {
  SESSION_STORE_URL: envStoreUrl({
    what: 'Where sessions are; empty it, and every browser has to begin a new one.',
    poolMax: sessionPolicy.poolMax,
    database: 1,
  }),
});
