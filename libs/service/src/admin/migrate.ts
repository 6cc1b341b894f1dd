import { directUrl, installJobs, runMigrations } from '@dozen/database';
import { maintainInboxPartitions } from '@dozen/messaging';
import type { ServiceConfig } from '../define-service.js';
import { answered, contextOf, type CommandContext } from './command-context.js';

/**
 * Topics, then tables, then queues, then what the service itself prepares: each can be repeated, and what was done before
 * a failure stays done. Never changes the partitions of a topic that exists (MSG-PARTITIONS).
 */
export async function migrate<C extends ServiceConfig>(context: CommandContext<C>): Promise<number> {
  const { definition, config, logger, backing } = context;
  const { broker, dataSource, clock } = backing;
  const topics = await answered('Kafka', broker.ensureTopics(definition.topics));
  const migrations = await runMigrations(dataSource);
  await maintainInboxPartitions(dataSource, clock.now());
  if (definition.jobs.length > 0) {
    await installJobs(directUrl(config), definition.jobs);
  }
  await definition.prepare?.(contextOf(context));
  logger.info({ topics, migrations, queues: definition.jobs.map(({ name }) => name) }, 'migrated');
  return 0;
}
