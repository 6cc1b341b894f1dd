import { Controller, Inject } from '@nestjs/common';
import { type ClientKafka, EventPattern, Payload } from '@nestjs/microservices';
import { Column, DataSource, Entity, type EntityManager, PrimaryColumn } from 'typeorm';
import { CLIENT, type Line, STOCK_TOPICS, type StockMessage, type StockParts, tell } from './parts.js';

@Entity('products')
export class StockProduct {
  @PrimaryColumn('text') sku!: string;
  @Column('text') name!: string;
  @Column('int') available!: number;
  @Column('int') price!: number;
}

@Entity('orders')
class PlacedOrder {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') status!: string;
  @Column('jsonb') customer!: object;
  @Column('jsonb') items!: object;
  @Column('int') total!: number;
}

/** Prices an order, reserves its stock, and confirms it once it is paid. */
@Controller()
class OrdersController {
  constructor(
    @Inject(DataSource) private readonly database: DataSource,
    @Inject(CLIENT) private readonly client: ClientKafka,
  ) {}

  @EventPattern(STOCK_TOPICS.commands)
  async place(
    @Payload() command: StockMessage & { items: Line[]; customer: object; paymentToken: string },
  ): Promise<void> {
    const { orderId, customer, paymentToken } = command;
    const { items, total } = await this.database.transaction(async (manager) => {
      const items = await reserve(manager, command.items);
      const total = items.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0);
      await manager.insert(PlacedOrder, { id: orderId, status: 'placed', customer, items, total });
      return { items, total };
    });
    const event = { type: 'OrderPlaced', orderId, customer, items, total, paymentToken };
    await tell(this.client, STOCK_TOPICS.orders, event);
  }

  @EventPattern(STOCK_TOPICS.billing)
  async settle(@Payload() { type, orderId }: StockMessage): Promise<void> {
    if (type !== 'PaymentCaptured') return;
    const { customer, items, total } = await this.database.transaction(async (manager) => {
      const order = await manager.findOneOrFail(PlacedOrder, {
        where: { id: orderId },
        lock: { mode: 'pessimistic_write' },
      });
      await manager.update(PlacedOrder, { id: orderId }, { status: 'confirmed' });
      return order;
    });
    await tell(this.client, STOCK_TOPICS.orders, { type: 'OrderConfirmed', orderId, customer, items, total });
  }
}

async function reserve(manager: EntityManager, lines: readonly Line[]) {
  const items: { sku: string; name: string; quantity: number; unitPrice: number }[] = [];
  for (const { sku, quantity } of lines) {
    const product = await manager.findOneOrFail(StockProduct, { where: { sku }, lock: { mode: 'pessimistic_write' } });
    if (product.available < quantity) throw new RangeError(`${sku} is out of stock`);
    await manager.update(StockProduct, { sku }, { available: product.available - quantity });
    items.push({ sku, name: product.name, quantity, unitPrice: product.price });
  }
  return items;
}

export const ordersParts = (): StockParts => ({
  controllers: [OrdersController],
  entities: [StockProduct, PlacedOrder],
});
