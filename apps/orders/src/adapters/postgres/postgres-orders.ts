import type { UnitOfWork } from '@dozen/database';
import { Injectable } from '@nestjs/common';
import { Orders } from '../../application/ports.js';
import type { PricedItem, RequestedItem } from '../../domain/items.js';
import type { Order } from '../../domain/order.js';
import type { Quote } from '../../domain/pricing.js';
import { OrderEntity } from './entities/order.entity.js';

@Injectable()
export class PostgresOrders extends Orders {
  async find({ manager }: UnitOfWork, id: string): Promise<Order | undefined> {
    const row = await manager.findOneBy(OrderEntity, { id });
    return row === null ? undefined : toOrder(row);
  }

  async lock({ manager }: UnitOfWork, id: string): Promise<Order | undefined> {
    const row = await manager.findOne(OrderEntity, { where: { id }, lock: { mode: 'for_no_key_update' } });
    return row === null ? undefined : toOrder(row);
  }

  async add({ manager }: UnitOfWork, order: Order): Promise<void> {
    await manager.insert(OrderEntity, {
      ...changing(order),
      id: order.id,
      contentHash: order.contentHash,
      customerId: order.customer.id,
      customerEmail: order.customer.email,
      customerLocale: order.customer.locale,
      items: [...(order.quote?.items ?? order.items)],
      totalAmount: order.quote?.total.amount ?? null,
      totalCurrency: order.quote?.total.currency ?? null,
    });
  }

  async save({ manager }: UnitOfWork, order: Order): Promise<void> {
    await manager.update(OrderEntity, { id: order.id }, { ...changing(order), updatedAt: () => 'now()' });
  }
}

/** What changes in an order's life; the rest is written once. */
function changing({ status, version, rejection }: Order) {
  return {
    status,
    version,
    rejectionReason: rejection?.reason ?? null,
    rejectionDetail: rejection?.detail ?? null,
  };
}

function toOrder(row: OrderEntity): Order {
  const { id, status, version, contentHash, rejectionReason: reason, rejectionDetail: detail } = row;
  return {
    id,
    status,
    version,
    contentHash,
    customer: { id: row.customerId, email: row.customerEmail, locale: row.customerLocale },
    items: row.items.map(({ sku, quantity }) => ({ sku, quantity })),
    quote: quoteOf(row),
    rejection: reason === null || detail === null ? undefined : { reason, detail },
  };
}

function quoteOf({ items, totalAmount: amount, totalCurrency: currency }: OrderEntity): Quote | undefined {
  if (amount === null || currency === null) return undefined;
  return { items: items.filter(isPriced), total: { amount, currency } };
}

function isPriced(item: RequestedItem | PricedItem): item is PricedItem {
  return 'unitPrice' in item;
}
