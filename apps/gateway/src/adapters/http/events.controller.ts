import { type AuthenticatedUser, CurrentUser, Scopes, sessionInUse } from '@dozen/http';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ReadOrders } from '../../application/read-orders.js';
import { TimelineFeed } from '../../application/timeline-feed.js';
import { EVENT_STREAM_HEADERS, EventStream } from './event-stream.js';
import { LastEventId } from './last-event-id.js';
import { OpenStreams } from './open-streams.js';
import { orderIdParameter } from './schemas.js';

/** GET /v1/orders/{id}/events: the timeline as it grows, from after Last-Event-ID on. */
@Controller('/v1/orders/:id/events')
@Scopes('orders:read')
export class EventsController {
  constructor(
    private readonly orders: ReadOrders,
    private readonly feed: TimelineFeed,
    private readonly open: OpenStreams,
  ) {}

  @Get()
  async events(
    @Param('id', { schema: orderIdParameter }) id: string,
    @LastEventId() after: number,
    @CurrentUser() user: AuthenticatedUser,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.orders.one(id, user.id);
    const stream = new EventStream({ orderId: id, after });
    void reply.headers(EVENT_STREAM_HEADERS).send(stream);
    // A HEAD request wants no body.
    if (stream.destroyed) return;
    stream.once('close', this.feed.add(stream));
    this.open.add(stream, { until: user.acceptedUntil, session: sessionInUse(request) });
  }
}
