import { setImmediate as turn } from 'node:timers/promises';
import { loadConfigOrExit } from '@dozen/config';
import { createLogger, stopTelemetry } from '@dozen/telemetry';
import type { ServiceConfig, ServiceDefinition } from './define-service.js';
import { startService } from './run/start-service.js';

/** Ends with one of these; 78 (EX_CONFIG) comes from loadConfigOrExit. */
const EXIT_FAILURE = 1;

/**
 * What main.ts calls. Without arguments it runs the service until SIGTERM or SIGINT; with some it runs an admin process:
 * `migrate`, `seed`, `config print|check|describe`, `dead-letters …`, `outbox status`, those of the service itself, and
 * exits 0, 1, 78 for a wrong environment, or 143 or 130 for a signal.
 */
export async function runService<C extends ServiceConfig>(definition: ServiceDefinition<C>): Promise<void> {
  // A signal that came while the modules were loaded, which the event loop waits for, ends the process here (`register`).
  await turn();
  if (process.argv.length > 2) {
    // Only an admin process needs a command line parser.
    const { runCommand } = await import('./admin/program.js');
    const code = await runCommand(definition, process.argv.slice(2));
    await stopTelemetry();
    process.exit(code);
  }
  await run(definition);
}

async function run<C extends ServiceConfig>(definition: ServiceDefinition<C>): Promise<void> {
  const config = loadConfigOrExit(definition.config, process.env);
  const logger = createLogger({ service: definition.name, release: config.RELEASE_ID, level: config.LOG_LEVEL });
  try {
    const { lifecycle } = await startService(definition, { config, logger, signals: true });
    // After an uncaught error the state of this process is unknown: work in flight may end, and nothing new begins.
    process.on('uncaughtException', (error, origin) => {
      logger.fatal({ err: error, origin }, 'uncaught: draining');
      void lifecycle.drain(origin, EXIT_FAILURE);
    });
  } catch (error) {
    logger.fatal({ err: error }, 'the service cannot start');
    process.exit(EXIT_FAILURE);
  }
}
