import { billingEvents, catalogueEvents, ordersCommands, ordersEvents } from '@dozen/contracts';
import { defineService } from '@dozen/service';
import { catalogueCommands } from './adapters/admin/catalogue.js';
import { OrderEntity } from './adapters/postgres/entities/order.entity.js';
import { ProductEntity } from './adapters/postgres/entities/product.entity.js';
import { AddCancellation1764200000000 } from './adapters/postgres/migrations/add-cancellation.js';
import { AddAvailability1764300000000 } from './adapters/postgres/migrations/add-availability.js';
import { CreateOrders1764000000000 } from './adapters/postgres/migrations/create-orders.js';
import { PostgresCatalogue } from './adapters/postgres/postgres-catalogue.js';
import { PostgresStock } from './adapters/postgres/postgres-stock.js';
import { AppModule } from './app.module.js';
import { seedCatalogue } from './application/seed-catalogue.js';
import { ordersConfig } from './config.js';
import { seedItems } from './domain/seed-items.js';

/** orders owns the catalogue, the stock, and the status of an order. */
export const ordersService = defineService({
  name: 'orders',
  config: ordersConfig,
  module: AppModule,
  entities: [OrderEntity, ProductEntity],
  migrations: [CreateOrders1764000000000, AddCancellation1764200000000, AddAvailability1764300000000],
  topics: [ordersEvents, catalogueEvents],
  consumes: [ordersCommands, billingEvents],
  seed: ({ units, dataSource }) =>
    seedCatalogue(seedItems, { units, catalogue: new PostgresCatalogue(dataSource), stock: new PostgresStock() }),
  commands: catalogueCommands,
});
