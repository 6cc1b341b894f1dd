import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Backing, ownServers, startBacking } from '@dozen/backing';
import { TEST_ENVIRONMENT } from './environment.js';
import { dropTestDatabases } from './postgres.js';

/**
 * Provides PostgreSQL and Kafka for one run of test files: those that the environment names, or new ones in a folder
 * that is removed afterwards. Returns what ends them. Sets the variables of TEST_ENVIRONMENT.
 */
export async function provideBacking(env: NodeJS.ProcessEnv): Promise<() => Promise<void>> {
  env[TEST_ENVIRONMENT.run] ??= randomBytes(4).toString('hex');
  const postgresUrl = env[TEST_ENVIRONMENT.postgres];
  const kafkaUrl = env[TEST_ENVIRONMENT.kafka];
  const source = {
    ...ownServers(env),
    ...(postgresUrl === undefined ? {} : { postgresUrl }),
    ...(kafkaUrl === undefined ? {} : { kafkaUrl }),
  };
  const dir = await mkdtemp(join(tmpdir(), 'dozen-test-'));
  let backing: Backing;
  try {
    backing = await startBacking({ dir, source });
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
  env[TEST_ENVIRONMENT.postgres] = backing.postgres.adminUrl;
  env[TEST_ENVIRONMENT.kafka] = backing.kafka.url;
  return async () => {
    if (postgresUrl !== undefined) await dropTestDatabases();
    await backing.stop();
    await rm(dir, { recursive: true, force: true });
  };
}
