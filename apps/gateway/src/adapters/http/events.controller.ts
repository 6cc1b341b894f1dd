import { type AuthenticatedUser, CurrentUser, Scopes } from '@dozen/http';
import { Controller, Get, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ReadOrders } from '../../application/read-orders.js';
import { TimelineFeed } from '../../application/timeline-feed.js';
import { EventStream } from './event-stream.js';
import { LastEventId } from './last-event-id.js';
import { orderIdParameter } from './schemas.js';

/** GET /v1/orders/{id}/events: the timeline as it grows, from after Last-Event-ID on. */
@Controller('/v1/orders/:id/events')
@Scopes('orders:read')
export class EventsController {
  constructor(
    private readonly orders: ReadOrders,
    private readonly feed: TimelineFeed,
  ) {}

  @Get()
  async events(
    @Param('id', { schema: orderIdParameter }) id: string,
    @LastEventId() after: number,
    @CurrentUser() user: AuthenticatedUser,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.orders.one(id, user.id);
    const stream = new EventStream({ orderId: id, after });
    stream.once('close', this.feed.add(stream));
    void reply
      .headers({ 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
      .send(stream);
  }
}
