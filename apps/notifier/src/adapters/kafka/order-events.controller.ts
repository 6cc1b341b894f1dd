import { OrderCancelled, OrderConfirmed, OrderPlaced, OrderRejected } from '@dozen/contracts';
import type { UnitOfWork } from '@dozen/database';
import { Handles } from '@dozen/messaging';
import { Controller } from '@nestjs/common';
import { QueueMail } from '../../application/queue-mail.js';

/** The events that a customer gets a mail about. The payment token of an OrderPlaced goes no further than this file. */
@Controller()
export class OrderEventsController {
  constructor(private readonly queueMail: QueueMail) {}

  @Handles(OrderPlaced)
  async placed({ orderId, customer, items, total }: OrderPlaced, unit: UnitOfWork): Promise<void> {
    await this.queueMail.run(unit, { orderId, customer, notice: { template: 'order-placed', items, total } });
  }

  @Handles(OrderConfirmed)
  async confirmed({ orderId, customer, items, total }: OrderConfirmed, unit: UnitOfWork): Promise<void> {
    await this.queueMail.run(unit, { orderId, customer, notice: { template: 'order-confirmed', items, total } });
  }

  @Handles(OrderRejected)
  async rejected(event: OrderRejected, unit: UnitOfWork): Promise<void> {
    const { orderId, customer, items, reason } = event;
    await this.queueMail.run(unit, { orderId, customer, notice: { template: 'order-rejected', items, reason } });
    await this.refunded(event, unit);
  }

  @Handles(OrderCancelled)
  async cancelled(event: OrderCancelled, unit: UnitOfWork): Promise<void> {
    const { orderId, customer, items, total } = event;
    await this.queueMail.run(unit, { orderId, customer, notice: { template: 'order-cancelled', items, total } });
    await this.refunded(event, unit);
  }

  /** A mail of its own, since people look for their money, not for their order. */
  private async refunded(event: OrderRejected | OrderCancelled, unit: UnitOfWork): Promise<void> {
    const { orderId, customer, refunded } = event;
    if (refunded === undefined) return;
    const items = event.items.map(({ sku, quantity }) => ({ sku, quantity }));
    await this.queueMail.run(unit, { orderId, customer, notice: { template: 'order-refunded', items, refunded } });
  }
}
