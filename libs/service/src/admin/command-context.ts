import { type Environment, loadConfigOrExit } from '@dozen/config';
import { within } from '@dozen/kernel';
import { createLogger, inSpan, type Logger, logSdkTo, spans } from '@dozen/telemetry';
import type { AdminContext, ServiceConfig, ServiceDefinition } from '../define-service.js';
import { serviceError } from '../errors.js';
import { type Backing, createBacking } from '../run/backing.js';

/** What an admin process works with: the same code, config and backing services as the service itself. */
export interface CommandContext<C extends ServiceConfig = ServiceConfig> {
  readonly definition: ServiceDefinition<C>;
  readonly config: C;
  readonly logger: Logger;
  readonly backing: Backing;
}

/** The part of a context that a service's own admin processes may use. */
export function contextOf<C extends ServiceConfig>({ config, logger, backing }: CommandContext<C>): AdminContext<C> {
  const { clock, dataSource, units, jobs } = backing;
  return { config, logger, clock, dataSource, units, jobs };
}

/** A backing service that does not answer within this fails the command; kafkajs itself would try for ever. In ms. */
const ANSWER_WITHIN_MS = 30_000;

/**
 * Opens a session, runs the command and closes the session. Returns the exit status; a failure is logged with its cause and is
 * 1. A wrong environment exits 78. `command` is its words, without arguments. `answers` says that stdout is for what the
 * command prints, so the log goes to stderr.
 */
export async function withCommandContext<C extends ServiceConfig>(
  definition: ServiceDefinition<C>,
  env: Environment,
  action: (context: CommandContext<C>) => Promise<number>,
  { command, answers = false }: { command: string; answers?: boolean },
): Promise<number> {
  const config = loadConfigOrExit(definition.config, env);
  const logger = createLogger({
    service: definition.name,
    release: config.RELEASE_ID,
    level: config.LOG_LEVEL,
    ...(answers && { destination: process.stderr }),
  });
  logSdkTo(logger);
  const backing = createBacking({ definition, config, logger, direct: true });
  const attributes = { 'dozen.admin.command': command };
  try {
    return await inSpan(spans.command, { name: `admin ${command}`, attributes, parent: null }, async () => {
      await backing.dataSource.initialize();
      return action({ definition, config, logger, backing });
    });
  } catch (error) {
    logger.fatal({ err: error }, 'the command failed');
    return 1;
  } finally {
    await close(backing, logger);
  }
}

/** The limit only bounds the wait. Whoever must tell an outage from another failure goes by the error's own code. */
export function answered<T>(what: string, work: Promise<T>): Promise<T> {
  return within(ANSWER_WITHIN_MS, work, () =>
    serviceError('SERVICE-NO-ANSWER', `${what} does not answer within ${ANSWER_WITHIN_MS / 1000} s`),
  );
}

async function close({ broker, dataSource }: Backing, logger: Logger): Promise<void> {
  try {
    await broker.close();
    if (dataSource.isInitialized) {
      await dataSource.destroy();
    }
  } catch (error) {
    logger.warn({ err: error }, 'closing failed; the process ends anyway');
  }
}
