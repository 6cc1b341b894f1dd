import { OrderPlaced, OrderRejected, type PlaceOrder as Command } from '@dozen/contracts';
import type { UnitOfWork } from '@dozen/database';
import { Injectable } from '@nestjs/common';
import { contentHash } from '../domain/content-hash.js';
import { acceptOrder, type Change, type OrderRequest, refuseOrder } from '../domain/order.js';
import { priceOrder } from '../domain/pricing.js';
import { outOfStock } from '../domain/refusal.js';
import { duplicateOrder } from '../errors.js';
import { orderPlaced, orderRejected } from './events.js';
import { Catalogue, Orders, Stock } from './ports.js';

/**
 * Prices the order, reserves its stock and says so; or stores it as rejected, with the reason. Either way the command
 * is answered by an event, and its id is taken.
 */
@Injectable()
export class PlaceOrder {
  constructor(
    private readonly orders: Orders,
    private readonly catalogue: Catalogue,
    private readonly stock: Stock,
  ) {}

  /** @throws ORD-DUPLICATE when the id is taken by other content. */
  async run(unit: UnitOfWork, command: Command): Promise<void> {
    const { orderId: id, customer, items, paymentToken } = command;
    const hash = contentHash(command);
    const existing = await this.orders.find(unit, id);
    if (existing?.contentHash === hash) return;
    if (existing !== undefined) throw duplicateOrder(id);

    const change = await this.decide(unit, { id, contentHash: hash, customer, items });
    await this.orders.add(unit, change.order);
    if (change.event === 'OrderPlaced') unit.publish(OrderPlaced, orderPlaced(change.order, paymentToken));
    else unit.publish(OrderRejected, orderRejected(change.order));
  }

  private async decide(unit: UnitOfWork, request: OrderRequest): Promise<Change<'OrderPlaced' | 'OrderRejected'>> {
    const skus = request.items.map(({ sku }) => sku);
    const pricing = priceOrder(request.items, await this.catalogue.find(unit, skus));
    if (!pricing.priced) return refuseOrder(request, pricing.rejection);
    const accepted = acceptOrder(request, pricing.quote);
    const short = await this.stock.reserve(unit, accepted.stock);
    return short.length === 0 ? accepted : refuseOrder(request, outOfStock(short));
  }
}
