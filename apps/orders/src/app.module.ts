import { Module } from '@nestjs/common';
import { BillingEventsController } from './adapters/kafka/billing-events.controller.js';
import { OrderCommandsController } from './adapters/kafka/order-commands.controller.js';
import { PostgresCatalogue } from './adapters/postgres/postgres-catalogue.js';
import { PostgresOrders } from './adapters/postgres/postgres-orders.js';
import { PostgresStock } from './adapters/postgres/postgres-stock.js';
import { AnnounceAvailability } from './application/announce-availability.js';
import { CancelOrder } from './application/cancel-order.js';
import { PlaceOrder } from './application/place-order.js';
import { Catalogue, Orders, Stock } from './application/ports.js';
import { SettlePayment } from './application/settle-payment.js';

/** What orders is made of. */
@Module({
  controllers: [
    // Kafka in
    OrderCommandsController,
    BillingEventsController,
  ],
  providers: [
    // use cases
    PlaceOrder,
    CancelOrder,
    SettlePayment,
    // again and again
    AnnounceAvailability,
    // PostgreSQL
    { provide: Orders, useClass: PostgresOrders },
    { provide: Catalogue, useClass: PostgresCatalogue },
    { provide: Stock, useClass: PostgresStock },
  ],
})
export class AppModule {}
