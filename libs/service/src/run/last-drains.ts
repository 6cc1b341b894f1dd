import type { Lifecycle } from '@dozen/shutdown';
import { type Logger, stopTelemetry } from '@dozen/telemetry';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Backing } from './backing.js';

/** A collector that is away costs the last spans and metrics, not the exit code. */
export function flushTelemetry(lifecycle: Lifecycle, logger: Logger): void {
  lifecycle.onDrain('telemetry', 'spans and metrics', async () => {
    const why = await stopTelemetry();
    if (why !== undefined) logger.warn({ why }, 'the last spans and metrics may be lost');
  });
}

/**
 * The pools close last, since everything that is drained before still writes. Nest's own hooks run first, while the database is
 * there.
 */
export function closePools(app: NestFastifyApplication, backing: Backing, lifecycle: Lifecycle): void {
  lifecycle.onDrain('pools', 'nest, database and broker', async () => {
    await app.close();
    await backing.notifications.stop();
    await backing.broker.close();
    await backing.probe.close();
    if (backing.dataSource.isInitialized) {
      await backing.dataSource.destroy();
    }
  });
}
