import { cacheConnections, installCache, missingCache } from '@dozen/cache';
import { billingEvents, catalogueEvents, notifierEvents, ordersCommands, ordersEvents } from '@dozen/contracts';
import { idempotencyMigrations } from '@dozen/http';
import { defineService } from '@dozen/service';
import { installSessions, missingSessions, Sessions, sessionConnections } from '@dozen/session';
import { projectionRebuild } from './adapters/admin/projection.js';
import { gatewayProblems } from './adapters/http/problems.js';
import { OrderEntity } from './adapters/postgres/entities/order.entity.js';
import { ProductEntity } from './adapters/postgres/entities/product.entity.js';
import { TimelineEntryEntity } from './adapters/postgres/entities/timeline-entry.entity.js';
import { AddAvailability1764300000000 } from './adapters/postgres/migrations/add-availability.js';
import { AddCancellation1764200000000 } from './adapters/postgres/migrations/add-cancellation.js';
import { AddTimelineFixed1764100000001 } from './adapters/postgres/migrations/add-timeline-fixed.js';
import { CreateGateway1764000000000 } from './adapters/postgres/migrations/create-gateway.js';
import { AppModule } from './app.module.js';
import { cacheUrl, gatewayConfig, sessionStoreUrl } from './config.js';

/** The gateway: REST in, one timeline out. */
export const gatewayService = defineService({
  name: 'gateway',
  config: gatewayConfig,
  module: AppModule,
  entities: [OrderEntity, TimelineEntryEntity, ProductEntity],
  migrations: [
    CreateGateway1764000000000,
    AddTimelineFixed1764100000001,
    AddCancellation1764200000000,
    AddAvailability1764300000000,
    ...idempotencyMigrations,
  ],
  topics: [ordersCommands],
  consumes: [ordersEvents, billingEvents, notifierEvents, catalogueEvents],
  problems: gatewayProblems,
  sessions: Sessions,
  prepare: async ({ config }) => {
    await installCache(cacheUrl(config));
    await installSessions(sessionStoreUrl(config));
  },
  unprepared: async (config) =>
    (await Promise.all([missingCache(cacheUrl(config)), missingSessions(sessionStoreUrl(config))])).flat(),
  connections: (config) => [
    ...cacheConnections(cacheUrl(config), 'gateway'),
    ...sessionConnections(sessionStoreUrl(config), 'gateway'),
  ],
  commands: [projectionRebuild],
});
