import type { ServiceConfig } from '../define-service.js';
import { contextOf, type Session } from './session.js';

/** Runs the service's own seed, if it has one. */
export async function seed<C extends ServiceConfig>(session: Session<C>): Promise<number> {
  const { definition, logger } = session;
  if (definition.seed === undefined) {
    logger.info('nothing to seed');
    return 0;
  }
  logger.info(`seeded: ${await definition.seed(contextOf(session))}`);
  return 0;
}
