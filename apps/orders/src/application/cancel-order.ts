import { CancellationRefused, type CancelOrder as Command, OrderCancelling } from '@dozen/contracts';
import type { UnitOfWork } from '@dozen/database';
import { Injectable } from '@nestjs/common';
import { cancelOrder } from '../domain/order.js';
import { orderCancelling } from './events.js';
import { Orders } from './ports.js';

/**
 * Handles a customer's wish to cancel an order. Either billing is asked to end the payment, and its answer decides; or the wish
 * is refused, with the reason.
 */
@Injectable()
export class CancelOrder {
  constructor(private readonly orders: Orders) {}

  async run(unit: UnitOfWork, { orderId, customerId }: Command): Promise<void> {
    const cancellation = cancelOrder(await this.orders.lock(unit, orderId), customerId);
    switch (cancellation.kind) {
      case 'change': {
        const { order } = cancellation.change;
        await this.orders.save(unit, order);
        unit.publish(OrderCancelling, orderCancelling(order));
        return;
      }
      case 'refuse':
        unit.publish(CancellationRefused, { orderId, customerId, reason: cancellation.reason });
        return;
      case 'ignore':
    }
  }
}
