import { UnitsOfWork } from '@dozen/database';
import { type AuthenticatedUser, CurrentUser, Scopes } from '@dozen/http';
import { Controller, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CancelOrder } from '../../application/cancel-order.js';
import { PreferWait } from './prefer-wait.js';
import { type OrderResource, orderResource } from './resources.js';
import { orderIdParameter } from './schemas.js';

/** POST /v1/orders/{id}/cancellation: the order's id is its idempotency key, so a repeat is answered like the first. */
@Controller('/v1/orders/:id/cancellation')
export class CancellationController {
  constructor(
    private readonly units: UnitsOfWork,
    private readonly cancelOrder: CancelOrder,
    private readonly preferWait: PreferWait,
  ) {}

  @Post()
  @Scopes('orders:write')
  async cancel(
    @Param('id', { schema: orderIdParameter }) id: string,
    @CurrentUser() user: AuthenticatedUser,
    @Req() http: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderResource> {
    const { view } = await this.units.run((unit) => this.cancelOrder.run(unit, id, user.id));
    void reply.status(202).header('location', `/v1/orders/${id}`);
    return (await this.preferWait.outcome(http, reply, { id, customerId: user.id })) ?? orderResource({ id, view });
  }
}
