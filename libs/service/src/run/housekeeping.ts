import type { UnitsOfWork } from '@dozen/database';
import { IdempotencyKeys } from '@dozen/http';
import { messageOf } from '@dozen/kernel';
import type { Lifecycle } from '@dozen/shutdown';
import type { Logger } from '@dozen/telemetry';
import type { INestApplicationContext } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';

/** Often enough that a purge of 1000 rows keeps up with 100 keys a minute, per process. In ms. */
const PURGE_EVERY_MS = 10 * 60 * 1000;

/** Deletes old idempotency keys for a service that provides `IdempotencyKeys`; any number of processes may do so. */
export function purgeIdempotencyKeys(
  app: INestApplicationContext,
  deps: { units: UnitsOfWork; logger: Logger; lifecycle: Lifecycle },
): void {
  const providers = app.get(DiscoveryService).getProviders();
  const keys: unknown = providers.find(({ metatype }) => metatype === IdempotencyKeys)?.instance;
  if (!(keys instanceof IdempotencyKeys)) {
    return;
  }
  const timer = setInterval(() => {
    deps.units
      .run((unit) => keys.purge(unit))
      .catch((error: unknown) => {
        deps.logger.warn({ reason: messageOf(error) }, 'idempotency keys not purged; next try in ten minutes');
      });
  }, PURGE_EVERY_MS);
  timer.unref();
  deps.lifecycle.onDrain('work', 'idempotency key purge', () => clearInterval(timer));
}
