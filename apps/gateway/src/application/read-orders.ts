import { Injectable } from '@nestjs/common';
import type { TimelineEntry } from '../domain/order.js';
import { gatewayError } from '../errors.js';
import { type After, type KnownOrder, Orders } from './ports.js';

/** What a customer may see: their own orders. @throws GWY-ORDER-NOT-FOUND from the reads of a single order. */
@Injectable()
export class ReadOrders {
  constructor(private readonly orders: Orders) {}

  async one(orderId: string, customerId: string): Promise<KnownOrder> {
    const order = await this.orders.find(orderId, customerId);
    if (order === undefined) throw gatewayError('GWY-ORDER-NOT-FOUND', 'no order of yours has this id', { orderId });
    return order;
  }

  async timeline(orderId: string, customerId: string): Promise<TimelineEntry[]> {
    await this.one(orderId, customerId);
    return this.orders.timeline(orderId);
  }

  list(customerId: string, limit: number, after?: After): Promise<KnownOrder[]> {
    return this.orders.list(customerId, limit, after);
  }
}
