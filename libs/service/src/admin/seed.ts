import type { ServiceConfig } from '../define-service.js';
import type { Session } from './session.js';

/** Runs the service's own seed, if it has one. */
export async function seed<C extends ServiceConfig>({
  definition,
  config,
  logger,
  backing,
}: Session<C>): Promise<number> {
  if (definition.seed === undefined) {
    logger.info('nothing to seed');
    return 0;
  }
  const { clock, dataSource, units, jobs } = backing;
  const done = await definition.seed({ config, logger, clock, dataSource, units, jobs });
  logger.info(`seeded: ${done}`);
  return 0;
}
