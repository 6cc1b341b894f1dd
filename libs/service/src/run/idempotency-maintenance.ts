import { fewIdempotencyDays, IdempotencyKeys, maintainIdempotencyPartitions } from '@dozen/http';
import type { Logger } from '@dozen/telemetry';
import type { INestApplicationContext } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { DataSource } from 'typeorm';
import type { RecurringTask } from '../recurring.js';

/** Partitions are made days ahead: one try in an hour leaves a failing database many. In ms. */
const EVERY_MS = 60 * 60 * 1000;

/**
 * Keeps the partitions of a service that provides `IdempotencyKeys`; any number of processes may do so. Nothing waits for
 * it: without a partition keys go to the default one.
 *
 * | code | where | meaning | what to do |
 * |---|---|---|---|
 * | IDEMPOTENCY-PARTITIONS-LOW | background | The hourly maintenance of idempotency keys has failed for days, and there are partitions for two days or fewer. Requests go on all the same. | Read the warnings before this one, which say why (no right to CREATE, a transaction that stays open), and put that right. The maintenance then catches up by itself. |
 */
export function idempotencyMaintenance(
  app: INestApplicationContext,
  { dataSource, logger }: { dataSource: DataSource; logger: Logger },
): RecurringTask[] {
  const providers = app.get(DiscoveryService).getProviders();
  if (!providers.some(({ metatype }) => metatype === IdempotencyKeys)) {
    return [];
  }
  const alarm = async (): Promise<void> => {
    const days = await fewIdempotencyDays(dataSource);
    if (days !== undefined) {
      logger.error({ code: 'IDEMPOTENCY-PARTITIONS-LOW', days }, 'idempotency keys will soon have no partition');
    }
  };
  const runOnce = async (): Promise<void> => {
    try {
      await maintainIdempotencyPartitions(dataSource);
    } finally {
      await alarm();
    }
  };
  return [{ title: 'idempotency partitions', everyMs: EVERY_MS, runOnce }];
}
