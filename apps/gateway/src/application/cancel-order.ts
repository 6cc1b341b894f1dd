import { CancelOrder as CancelOrderCommand } from '@dozen/contracts';
import type { UnitOfWork } from '@dozen/database';
import { Injectable } from '@nestjs/common';
import { cancellationRequested } from '../domain/entry-data.js';
import type { FoldedOrder } from '../domain/order.js';
import { gatewayError } from '../errors.js';
import { Orders } from './ports.js';
import { RecordRequest } from './record-request.js';

/** Passes a customer's wish to cancel an order on to orders: once per order, however often it is said. */
@Injectable()
export class CancelOrder {
  constructor(
    private readonly orders: Orders,
    private readonly recordRequest: RecordRequest,
  ) {}

  /**
   * The order as it is now; it ends when orders and billing are through with it.
   * @throws GWY-ORDER-NOT-FOUND; GWY-ORDER-FINAL when it is confirmed or rejected.
   */
  async run(unit: UnitOfWork, orderId: string, customerId: string): Promise<FoldedOrder> {
    const before = await this.orders.lockOwned(unit, orderId, customerId);
    if (before?.view === undefined) {
      throw gatewayError('GWY-ORDER-NOT-FOUND', 'no order of yours has this id', { orderId });
    }
    const { view } = before;
    if (view.status === 'confirmed' || view.status === 'rejected') {
      throw gatewayError('GWY-ORDER-FINAL', `the order is ${view.status}`, { orderId, status: view.status });
    }
    if (view.cancellation !== null || view.status === 'cancelled') return { ...before, view };
    const order = this.recordRequest.run(unit, before, { data: cancellationRequested(), customerId });
    unit.publish(CancelOrderCommand, { orderId, customerId });
    return order;
  }
}
