import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AwaitOrder } from '../../application/await-order.js';
import { preferredWait } from './prefer.js';
import { type OrderResource, orderResource } from './resources.js';

/** `Prefer: wait=…`: a client that would rather hear how the order ends than that it is noted. */
@Injectable()
export class PreferWait {
  constructor(private readonly awaitOrder: AwaitOrder) {}

  /**
   * Turns the answer into 200 and the order as it ended. Undefined, and the answer is left as it was, when nothing is
   * preferred, the time is over, the client is gone, or the process drains.
   */
  async outcome(
    { headers }: FastifyRequest,
    reply: FastifyReply,
    order: { readonly id: string; readonly customerId: string },
  ): Promise<OrderResource | undefined> {
    const seconds = preferredWait(headers.prefer);
    if (seconds === 0) return undefined;
    const over = new AbortController();
    const stop = (): void => over.abort();
    const timer = setTimeout(stop, seconds * 1000);
    reply.raw.once('close', stop);
    // The client may have gone while the request was noted.
    if (reply.raw.closed) stop();
    try {
      const ended = await this.awaitOrder.final(order.id, order.customerId, over.signal);
      if (ended === undefined) return undefined;
      void reply.status(200).header('preference-applied', `wait=${seconds}`);
      return orderResource(ended);
    } finally {
      clearTimeout(timer);
      reply.raw.off('close', stop);
    }
  }
}
