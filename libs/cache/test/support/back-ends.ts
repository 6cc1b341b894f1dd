import { createTestDatabase, redisHere, startRedis } from '@dozen/testing';
import { installCache } from '../../src/index.js';

export interface BackEnd {
  readonly name: string;
  readonly here: boolean;
  start(): Promise<{ readonly url: string; stop(): Promise<void> }>;
}

/** One suite is run through each of them. */
export const backEnds: readonly BackEnd[] = [
  {
    name: 'PostgreSQL',
    here: true,
    async start() {
      const database = await createTestDatabase();
      await installCache(database.url);
      return { url: database.url, stop: () => database.drop() };
    },
  },
  {
    name: redisHere ? 'Redis' : 'Redis (left out: no redis-server on PATH; apt-get install redis-server)',
    here: redisHere,
    start: startRedis,
  },
];
