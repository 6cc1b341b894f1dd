import { PlaceOrder as PlaceOrderCommand } from '@dozen/contracts';
import type { UnitOfWork } from '@dozen/database';
import { newId } from '@dozen/kernel';
import { Injectable } from '@nestjs/common';
import { orderRequested } from '../domain/entry-data.js';
import { type FoldedOrder, newOrder } from '../domain/order.js';
import { RecordRequest } from './record-request.js';

export type OrderRequest = Omit<PlaceOrderCommand, 'orderId'>;

/** Takes an order in: a pending row, its first timeline entry and the command to orders, all in the caller's unit. */
@Injectable()
export class PlaceOrder {
  constructor(private readonly recordRequest: RecordRequest) {}

  /** The new order, pending. The payment token goes into the command and nowhere else. */
  run(unit: UnitOfWork, request: OrderRequest): FoldedOrder {
    const asked = { data: orderRequested(request), customerId: request.customer.id };
    const order = this.recordRequest.run(unit, newOrder(newId()), asked);
    unit.publish(PlaceOrderCommand, { orderId: order.id, ...request });
    return order;
  }
}
