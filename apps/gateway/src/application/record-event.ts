import type { UnitOfWork } from '@dozen/database';
import { Injectable } from '@nestjs/common';
import type { EntryData } from '../domain/entry-data.js';
import { arrive, type Order } from '../domain/order.js';
import { gatewayError } from '../errors.js';
import { Orders } from './ports.js';
import { TimelineFeed } from './timeline-feed.js';

export interface OrderEvent {
  readonly orderId: string;
  /** Of the customer, when the event names one. */
  readonly customerId?: string | undefined;
  readonly data: EntryData;
}

/** Appends what a service says about an order to its timeline, whichever topic comes first. */
@Injectable()
export class RecordEvent {
  constructor(
    private readonly orders: Orders,
    private readonly feed: TimelineFeed,
  ) {}

  /** `unit.message` says where it comes from. @throws GWY-OWNER-MISMATCH, GWY-NO-MESSAGE */
  async run(unit: UnitOfWork, event: OrderEvent): Promise<void> {
    this.append(unit, await this.orders.lock(unit, event.orderId), event);
  }

  /**
   * The same, but only if the customer that the event names has this order; otherwise it does nothing. @throws GWY-NO-MESSAGE
   */
  async ifOwned(unit: UnitOfWork, event: OrderEvent & { readonly customerId: string }): Promise<void> {
    const before = await this.orders.lockOwned(unit, event.orderId, event.customerId);
    if (before !== undefined) this.append(unit, before, event);
  }

  private append(unit: UnitOfWork, before: Order, { customerId, data }: OrderEvent): void {
    const { message } = unit;
    if (message === undefined) throw gatewayError('GWY-NO-MESSAGE', 'an event was recorded outside of a message');
    const { id: messageId, type, topic, source, time } = message;
    const fixed = unit.fix !== undefined || message.fix !== undefined;
    const { order, entry } = arrive(before, { messageId, type, topic, source, time, data, fixed, customerId });
    this.orders.append(unit, order, entry);
    unit.afterCommit(() => this.feed.written());
  }
}
