import { OrderCancelled, OrderConfirmed, OrderRejected } from '@dozen/contracts';
import type { UnitOfWork } from '@dozen/database';
import { Injectable } from '@nestjs/common';
import { type PaymentOutcome, settleOrder } from '../domain/order.js';
import { orderCancelled, orderConfirmed, orderRejected } from './events.js';
import { Orders, Stock } from './ports.js';

/**
 * Ends an order by the outcome of its payment: it is confirmed and its stock sold, or it is rejected or cancelled and its stock
 * released.
 */
@Injectable()
export class SettlePayment {
  constructor(
    private readonly orders: Orders,
    private readonly stock: Stock,
  ) {}

  /** @throws ORD-PAYMENT-CONTRADICTS, ORD-PAYMENT-AMOUNT. */
  async run(unit: UnitOfWork, outcome: PaymentOutcome): Promise<void> {
    const change = settleOrder(await this.orders.lock(unit, outcome.orderId), outcome);
    if (change === undefined) return;
    const { event, order, stock, refunded } = change;
    await this.orders.save(unit, order);
    await this.stock.settle(unit, order.id, stock);
    switch (event) {
      case 'OrderConfirmed':
        unit.publish(OrderConfirmed, orderConfirmed(order));
        return;
      case 'OrderRejected':
        unit.publish(OrderRejected, orderRejected(order, refunded));
        return;
      case 'OrderCancelled':
        unit.publish(OrderCancelled, orderCancelled(order, refunded));
    }
  }
}
