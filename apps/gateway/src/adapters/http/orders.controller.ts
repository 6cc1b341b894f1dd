import { type AuthenticatedUser, CurrentUser, type Page, type PageQuery, Scopes, toPage } from '@dozen/http';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ReadOrders } from '../../application/read-orders.js';
import { type OrderResource, orderResource, type TimelineResource, timelineResource } from './resources.js';
import { afterOf, orderIdParameter, ordersPage } from './schemas.js';

/** A customer's own orders; those of others do not exist for them. */
@Controller('/v1/orders')
@Scopes('orders:read')
export class OrdersController {
  constructor(private readonly orders: ReadOrders) {}

  @Get()
  async list(
    @Query({ schema: ordersPage }) { limit, cursor }: PageQuery,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<Page<OrderResource>> {
    const orders = await this.orders.list(user.id, limit + 1, afterOf(cursor));
    return toPage(orders, limit, {
      item: orderResource,
      cursor: ({ id, createdAt }) => ({ id, createdAt: createdAt.toISOString() }),
    });
  }

  @Get(':id')
  async one(
    @Param('id', { schema: orderIdParameter }) id: string,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<OrderResource> {
    return orderResource(await this.orders.one(id, user.id));
  }

  @Get(':id/timeline')
  async timeline(
    @Param('id', { schema: orderIdParameter }) id: string,
    @CurrentUser() user: AuthenticatedUser,
  ): Promise<{ readonly items: readonly TimelineResource[] }> {
    const entries = await this.orders.timeline(id, user.id);
    return { items: entries.map(timelineResource) };
  }
}
