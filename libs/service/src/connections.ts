import { type ConnectionShare, databaseConnections } from '@dozen/database';
import type { ServiceConfig, ServiceDefinition } from './define-service.js';

/**
 * The most connections to PostgreSQL that one process of the service opens, by owner. Processes of a service and their
 * number are an operator's; the sum over all of them must stay below `max_connections`.
 */
export function mostConnections<C extends ServiceConfig>(
  definition: Pick<ServiceDefinition<C>, 'name' | 'jobs' | 'connections'>,
  config: C,
): ConnectionShare[] {
  const jobs = definition.jobs.length > 0 && config.PROCESS_TYPES.includes('jobs');
  return [...databaseConnections(config, { service: definition.name, jobs }), ...definition.connections(config)];
}

export function totalOf(shares: readonly ConnectionShare[]): number {
  return shares.reduce((sum, { most }) => sum + most, 0);
}
