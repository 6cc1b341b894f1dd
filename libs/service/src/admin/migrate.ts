import { directUrl, installJobs, runMigrations } from '@dozen/database';
import { maintainInboxPartitions } from '@dozen/messaging';
import type { ServiceConfig } from '../define-service.js';
import { answered, type Session } from './session.js';

/**
 * Topics, then tables, then queues: each can be repeated, and what was done before a failure stays done. Never changes the
 * partitions of a topic that exists (MSG-PARTITIONS).
 */
export async function migrate<C extends ServiceConfig>({
  definition,
  config,
  logger,
  backing,
}: Session<C>): Promise<number> {
  const { broker, dataSource, clock } = backing;
  const topics = await answered('Kafka', broker.ensureTopics(definition.topics));
  const migrations = await runMigrations(dataSource);
  await maintainInboxPartitions(dataSource, clock.now());
  if (definition.jobs.length > 0) {
    await installJobs(directUrl(config), definition.jobs);
  }
  logger.info({ topics, migrations, queues: definition.jobs.map(({ name }) => name) }, 'migrated');
  return 0;
}
