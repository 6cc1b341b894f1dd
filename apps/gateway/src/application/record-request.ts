import type { UnitOfWork } from '@dozen/database';
import { type Clock, newId } from '@dozen/kernel';
import { CLOCK } from '@dozen/service';
import { Inject, Injectable } from '@nestjs/common';
import type { EntryData } from '../domain/entry-data.js';
import { arrive, type FoldedOrder, type Order } from '../domain/order.js';
import { Orders } from './ports.js';
import { TimelineFeed } from './timeline-feed.js';

/** Appends what a customer asks for to the order's timeline: an entry that is not a message on any topic. */
@Injectable()
export class RecordRequest {
  constructor(
    private readonly orders: Orders,
    private readonly feed: TimelineFeed,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Returns the order after the request. The unit must have locked the order, or made it. */
  run(unit: UnitOfWork, before: Order, request: { data: EntryData; customerId: string }): FoldedOrder {
    const { order, entry } = arrive(before, {
      ...request,
      messageId: newId(),
      type: `dozen.${request.data.kind}.v1`,
      topic: 'gateway',
      source: '/dozen/gateway',
      time: this.clock.now(),
      fixed: false,
    });
    this.orders.append(unit, order, entry);
    unit.afterCommit(() => this.feed.written());
    return order;
  }
}
