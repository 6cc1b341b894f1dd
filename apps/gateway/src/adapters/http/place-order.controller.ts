import { UnitsOfWork } from '@dozen/database';
import {
  type AuthenticatedUser,
  CurrentUser,
  IdempotencyKey,
  IdempotencyKeys,
  requestHash,
  Scopes,
  type StoredResponse,
} from '@dozen/http';
import { Body, Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PlaceOrder } from '../../application/place-order.js';
import { PreferWait } from './prefer-wait.js';
import { type OrderResource, orderResource } from './resources.js';
import { placeOrderBody, type PlaceOrderBody } from './schemas.js';

const PATH = '/v1/orders';

/** POST /v1/orders: an order once per Idempotency-Key. */
@Controller(PATH)
export class PlaceOrderController {
  constructor(
    private readonly units: UnitsOfWork,
    private readonly keys: IdempotencyKeys,
    private readonly placeOrder: PlaceOrder,
    private readonly preferWait: PreferWait,
  ) {}

  @Post()
  @Scopes('orders:write')
  async place(
    @IdempotencyKey() key: string,
    @Body({ schema: placeOrderBody }) body: PlaceOrderBody,
    @CurrentUser() user: AuthenticatedUser,
    @Req() http: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    // The preference is no part of the request: a repeat may have another, or none.
    const request = { customerId: user.id, key, requestHash: requestHash({ method: 'POST', path: PATH, body }) };
    const customer = { id: user.id, email: user.email, locale: user.locale };
    // One transaction holds the key, the pending order, its first timeline entry and the command.
    const response = await this.units.run((unit) =>
      this.keys.run(unit, request, (): Promise<StoredResponse> => {
        const order = orderResource(this.placeOrder.run(unit, { ...body, customer }));
        return Promise.resolve({ status: 202, headers: { location: `${PATH}/${order.id}` }, body: order });
      }),
    );
    void reply.status(response.status).headers(response.headers);
    const { id } = response.body as OrderResource;
    return (await this.preferWait.outcome(http, reply, { id, customerId: user.id })) ?? response.body;
  }
}
