import { HandlerCollector, type HandlerRegistry } from '@dozen/messaging';
import { Health, Lifecycle } from '@dozen/shutdown';
import { NestLogger } from '@dozen/telemetry';
import { NestFactory } from '@nestjs/core';
import type { ServiceConfig } from '../define-service.js';
import { ServiceModule } from '../run/service.module.js';
import type { CommandContext } from './command-context.js';

/** Builds the service's application, without listening to anything, and lends its `@Handles` methods. */
export async function withHandlers<C extends ServiceConfig, T>(
  { definition, config, logger, backing }: CommandContext<C>,
  use: (handlers: HandlerRegistry) => Promise<T>,
): Promise<T> {
  const lifecycle = new Lifecycle({ deadlineMs: config.SHUTDOWN_DEADLINE_MS, logger });
  const health = new Health({ lifecycle });
  const root = definition.rootModule(config);
  const collector = new HandlerCollector();
  const app = await NestFactory.createMicroservice(
    ServiceModule.with({ root, config, logger, backing, lifecycle, health }),
    { strategy: collector, logger: new NestLogger(logger), abortOnError: false },
  );
  try {
    await app.listen();
    return await use(collector.handlers);
  } finally {
    await app.close();
  }
}
