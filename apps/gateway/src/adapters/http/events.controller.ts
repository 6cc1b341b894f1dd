import { type AuthenticatedUser, CurrentUser, Scopes } from '@dozen/http';
import { Lifecycle } from '@dozen/shutdown';
import { Controller, Get, Headers, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ReadOrders } from '../../application/read-orders.js';
import { TimelineFeed } from '../../application/timeline-feed.js';
import { EventStream } from './event-stream.js';
import { lastEventId, type LastEventId, orderIdParameter } from './schemas.js';

/** GET /v1/orders/{id}/events: the timeline as it grows, from after Last-Event-ID on. */
@Controller('/v1/orders/:id/events')
@Scopes('orders:read')
export class EventsController {
  constructor(
    private readonly orders: ReadOrders,
    private readonly feed: TimelineFeed,
    private readonly lifecycle: Lifecycle,
  ) {}

  @Get()
  async events(
    @Param('id', { schema: orderIdParameter }) id: string,
    @Headers({ schema: lastEventId }) headers: LastEventId,
    @CurrentUser() user: AuthenticatedUser,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.orders.one(id, user.id);
    const stream = new EventStream({ orderId: id, after: headers['last-event-id'] });
    const leave = this.feed.add(stream);
    const end = (): void => stream.end();
    const { signal } = this.lifecycle;
    signal.addEventListener('abort', end, { once: true });
    stream.once('close', () => {
      leave();
      signal.removeEventListener('abort', end);
    });
    if (signal.aborted) end();
    void reply
      .headers({ 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
      .send(stream);
  }
}
