import { IdempotencyKeys } from '@dozen/http';
import { Module } from '@nestjs/common';
import { CancellationController } from './adapters/http/cancellation.controller.js';
import { EventsController } from './adapters/http/events.controller.js';
import { OpenStreams } from './adapters/http/open-streams.js';
import { OrdersController } from './adapters/http/orders.controller.js';
import { PreferWait } from './adapters/http/prefer-wait.js';
import { PlaceOrderController } from './adapters/http/place-order.controller.js';
import { ProductList } from './adapters/http/product-list.js';
import { ProductsController } from './adapters/http/products.controller.js';
import { SessionController } from './adapters/http/session.controller.js';
import { productsCache } from './adapters/cache/products-cache.js';
import { CatalogueEventsController } from './adapters/kafka/catalogue-events.controller.js';
import { OrderEventsController } from './adapters/kafka/order-events.controller.js';
import { PostgresOrders } from './adapters/postgres/postgres-orders.js';
import { PostgresProducts } from './adapters/postgres/postgres-products.js';
import { sessions, SweepSessions } from './adapters/session/sessions.js';
import { AwaitOrder } from './application/await-order.js';
import { CancelOrder } from './application/cancel-order.js';
import { PlaceOrder } from './application/place-order.js';
import { Orders, Products } from './application/ports.js';
import { ReadOrders } from './application/read-orders.js';
import { RecordEvent } from './application/record-event.js';
import { RecordRequest } from './application/record-request.js';
import { TimelineFeed } from './application/timeline-feed.js';

/** What the gateway is made of. */
@Module({
  controllers: [
    // HTTP in
    PlaceOrderController,
    CancellationController,
    EventsController,
    OrdersController,
    ProductsController,
    SessionController,
    // Kafka in
    OrderEventsController,
    CatalogueEventsController,
  ],
  providers: [
    // use cases
    PlaceOrder,
    CancelOrder,
    ReadOrders,
    RecordEvent,
    RecordRequest,
    AwaitOrder,
    TimelineFeed,
    // HTTP
    PreferWait,
    OpenStreams,
    ProductList,
    // Redis or PostgreSQL
    productsCache,
    sessions,
    SweepSessions,
    // PostgreSQL
    IdempotencyKeys,
    { provide: Orders, useClass: PostgresOrders },
    { provide: Products, useClass: PostgresProducts },
  ],
})
export class AppModule {}
