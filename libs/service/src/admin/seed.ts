import type { ServiceConfig } from '../define-service.js';
import { contextOf, type CommandContext } from './command-context.js';

/** Runs the service's own seed, if it has one. */
export async function seed<C extends ServiceConfig>(context: CommandContext<C>): Promise<number> {
  const { definition, logger } = context;
  if (definition.seed === undefined) {
    logger.info('nothing to seed');
    return 0;
  }
  logger.info(`seeded: ${await definition.seed(contextOf(context))}`);
  return 0;
}
