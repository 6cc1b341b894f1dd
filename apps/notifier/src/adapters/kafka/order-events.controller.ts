import { OrderConfirmed, OrderPlaced, OrderRejected } from '@dozen/contracts';
import type { UnitOfWork } from '@dozen/database';
import { Handles } from '@dozen/messaging';
import { Controller } from '@nestjs/common';
import { QueueMail } from '../../application/queue-mail.js';

/** What customers are told of. The payment token of an OrderPlaced goes no further than this file. */
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
  async rejected({ orderId, customer, items, reason }: OrderRejected, unit: UnitOfWork): Promise<void> {
    await this.queueMail.run(unit, { orderId, customer, notice: { template: 'order-rejected', items, reason } });
  }
}
