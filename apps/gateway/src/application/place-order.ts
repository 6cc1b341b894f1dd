import { PlaceOrder as PlaceOrderCommand } from '@dozen/contracts';
import type { UnitOfWork } from '@dozen/database';
import { type Clock, newId } from '@dozen/kernel';
import { CLOCK } from '@dozen/service';
import { Inject, Injectable } from '@nestjs/common';
import { orderRequested } from '../domain/facts.js';
import { arrive, type ToldOrder } from '../domain/order.js';
import { Orders } from './ports.js';

export type OrderRequest = Omit<PlaceOrderCommand, 'orderId'>;

/** Not a message on any topic: the timeline's entry for the request itself. */
const REQUESTED = { type: 'dozen.OrderRequested.v1', topic: 'gateway', source: '/dozen/gateway' } as const;

/** Takes an order in: a pending row, its first timeline entry and the command to orders, all in the caller's unit. */
@Injectable()
export class PlaceOrder {
  constructor(
    private readonly orders: Orders,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The new order, pending. The payment token goes into the command and nowhere else. */
  async run(unit: UnitOfWork, request: OrderRequest): Promise<ToldOrder> {
    const before = await this.orders.lock(unit, newId());
    const { order, entry } = arrive(before, {
      ...REQUESTED,
      messageId: newId(),
      time: this.clock.now(),
      fact: orderRequested(request),
      fixed: false,
      customerId: request.customer.id,
    });
    await this.orders.append(unit, order, entry);
    unit.publish(PlaceOrderCommand, { orderId: order.id, ...request });
    return order;
  }
}
