import { fewIdempotencyDays, IdempotencyKeys, maintainIdempotencyPartitions } from '@dozen/http';
import { messageOf } from '@dozen/kernel';
import type { Lifecycle } from '@dozen/shutdown';
import type { Logger } from '@dozen/telemetry';
import type { INestApplicationContext } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { DataSource } from 'typeorm';

/** Partitions are made days ahead: one try in an hour leaves a failing database many. In ms. */
const UPKEEP_EVERY_MS = 60 * 60 * 1000;

/**
 * Keeps the partitions of a service that provides `IdempotencyKeys`, now and hourly until the drain; any number of
 * processes may do so. Nothing waits for it: without a partition keys go to the default one.
 */
export function keepIdempotencyPartitions(
  app: INestApplicationContext,
  { dataSource, lifecycle, logger }: { dataSource: DataSource; lifecycle: Lifecycle; logger: Logger },
): void {
  const providers = app.get(DiscoveryService).getProviders();
  if (!providers.some(({ metatype }) => metatype === IdempotencyKeys)) {
    return;
  }
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      logger.warn({ reason: messageOf(error) }, 'idempotency partitions not maintained; next try in an hour');
    }
  };
  const keepUp = async (): Promise<void> => {
    await attempt(() => maintainIdempotencyPartitions(dataSource));
    await attempt(async () => {
      const days = await fewIdempotencyDays(dataSource);
      if (days !== undefined) {
        logger.error({ code: 'IDEMPOTENCY-PARTITIONS-LOW', days }, 'idempotency keys will soon have no partition');
      }
    });
  };
  const timer = setInterval(() => void keepUp(), UPKEEP_EVERY_MS).unref();
  lifecycle.signal.addEventListener('abort', () => clearInterval(timer));
  void keepUp();
}
