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
import { Body, Controller, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { PlaceOrder } from '../../application/place-order.js';
import { orderResource } from './resources.js';
import { placeOrderBody, type PlaceOrderBody } from './schemas.js';

const PATH = '/v1/orders';

/** POST /v1/orders: an order once per Idempotency-Key. */
@Controller(PATH)
export class PlaceOrderController {
  constructor(
    private readonly units: UnitsOfWork,
    private readonly keys: IdempotencyKeys,
    private readonly placeOrder: PlaceOrder,
  ) {}

  @Post()
  @Scopes('orders:write')
  async place(
    @IdempotencyKey() key: string,
    @Body({ schema: placeOrderBody }) body: PlaceOrderBody,
    @CurrentUser() user: AuthenticatedUser,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const request = { customerId: user.id, key, requestHash: requestHash({ method: 'POST', path: PATH, body }) };
    const customer = { id: user.id, email: user.email, locale: user.locale };
    // One transaction holds the key, the pending order, its first timeline entry and the command.
    const response = await this.units.run((unit) =>
      this.keys.run(unit, request, async (): Promise<StoredResponse> => {
        const order = orderResource(await this.placeOrder.run(unit, { ...body, customer }));
        return { status: 202, headers: { location: `${PATH}/${order.id}` }, body: order };
      }),
    );
    void reply.status(response.status).headers(response.headers);
    return response.body;
  }
}
