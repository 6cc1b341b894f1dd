import { Injectable } from '@nestjs/common';
import { isFinal } from '../domain/order-view.js';
import { type KnownOrder, Orders } from './ports.js';
import { TimelineFeed } from './timeline-feed.js';

/** Waits for the end of an order. */
@Injectable()
export class AwaitOrder {
  constructor(
    private readonly orders: Orders,
    private readonly feed: TimelineFeed,
  ) {}

  /** The order once it is final; undefined when `signal` is aborted first, or the process drains. */
  async final(orderId: string, customerId: string, signal: AbortSignal): Promise<KnownOrder | undefined> {
    const ended = Promise.withResolvers<KnownOrder | undefined>();
    const look = async (): Promise<void> => {
      const order = await this.orders.find(orderId, customerId);
      if (order !== undefined && isFinal(order.view)) ended.resolve(order);
    };
    const giveUp = (): void => ended.resolve(undefined);
    signal.addEventListener('abort', giveUp);
    // If the order cannot be read, the client gets the answer that it would have got without waiting.
    const tell = (): void => void look().catch(giveUp);
    const leave = this.feed.add({ orderId, after: 0, wants: true, tell, end: giveUp });
    try {
      if (signal.aborted) giveUp();
      return await ended.promise;
    } finally {
      leave();
      signal.removeEventListener('abort', giveUp);
    }
  }
}
