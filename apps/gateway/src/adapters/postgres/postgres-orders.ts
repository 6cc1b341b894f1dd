import type { UnitOfWork } from '@dozen/database';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type After, type KnownOrder, Orders } from '../../application/ports.js';
import type { Order, TimelineEntry, ToldOrder } from '../../domain/order.js';
import { completeView, type OrderView } from '../../domain/order-view.js';
import { OrderEntity } from './entities/order.entity.js';
import { TimelineEntryEntity } from './entities/timeline-entry.entity.js';

/*
 * The projection's hot path is plain SQL: four statements per message, sent two by two down the pipelined connection.
 * An upsert that returns the row would save one of them and write the row twice.
 */
const ENSURE = 'INSERT INTO orders (id) VALUES ($1) ON CONFLICT (id) DO NOTHING';
const LOCK = 'SELECT customer_id, last_position, view FROM orders WHERE id = $1 FOR NO KEY UPDATE';
const LOCK_OWNED = `
  SELECT customer_id, last_position, view FROM orders WHERE id = $1 AND customer_id = $2 FOR NO KEY UPDATE`;
const APPEND = `
  INSERT INTO timeline (order_id, position, message_id, type, topic, source, time, aggregate_version, data, fixed)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;
const SAVE = 'UPDATE orders SET customer_id = $2, last_position = $3, status = $4, view = $5 WHERE id = $1';

interface LockedRow {
  readonly customer_id: string | null;
  readonly last_position: number;
  readonly view: OrderView | null;
}

@Injectable()
export class PostgresOrders extends Orders {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  async lock({ manager }: UnitOfWork, orderId: string): Promise<Order> {
    const [, rows] = await Promise.all([manager.query(ENSURE, [orderId]), manager.query<[LockedRow]>(LOCK, [orderId])]);
    return orderOf(orderId, rows[0]);
  }

  async lockOwned({ manager }: UnitOfWork, orderId: string, customerId: string): Promise<Order | undefined> {
    const [row]: LockedRow[] = await manager.query(LOCK_OWNED, [orderId, customerId]);
    return row && orderOf(orderId, row);
  }

  async append({ manager }: UnitOfWork, order: ToldOrder, entry: TimelineEntry): Promise<void> {
    const { position, messageId, type, topic, source, time, fact, fixed } = entry;
    const version = 'version' in fact ? fact.version : null;
    const data = JSON.stringify(fact);
    await Promise.all([
      manager.query(APPEND, [order.id, position, messageId, type, topic, source, time, version, data, fixed]),
      manager.query(SAVE, [
        order.id,
        order.customerId,
        order.lastPosition,
        order.view.status,
        JSON.stringify(order.view),
      ]),
    ]);
  }

  async find(orderId: string, customerId: string): Promise<KnownOrder | undefined> {
    const row = await this.dataSource.getRepository(OrderEntity).findOneBy({ id: orderId, customerId });
    return row === null ? undefined : known(row)[0];
  }

  async list(customerId: string, limit: number, after?: After): Promise<KnownOrder[]> {
    const query = this.dataSource
      .getRepository(OrderEntity)
      .createQueryBuilder('o')
      .where('o.customerId = :customerId', { customerId })
      .orderBy({ 'o.createdAt': 'DESC', 'o.id': 'DESC' })
      .limit(limit);
    if (after !== undefined) query.andWhere('(o.createdAt, o.id) < (:createdAt, :id)', { ...after });
    return (await query.getMany()).flatMap(known);
  }

  async timeline(orderId: string): Promise<TimelineEntry[]> {
    const rows = await this.dataSource
      .getRepository(TimelineEntryEntity)
      .find({ where: { orderId }, order: { position: 'ASC' } });
    return rows.map(({ position, messageId, type, topic, source, time, data, fixed }) => ({
      position,
      messageId,
      type,
      topic,
      source,
      time,
      fact: data,
      fixed,
    }));
  }
}

function orderOf(id: string, { customer_id: customerId, last_position: lastPosition, view }: LockedRow): Order {
  return { id, customerId, lastPosition, view: view === null ? undefined : completeView(view) };
}

/** A row has no view only inside of the transaction that makes it. */
function known({ id, view, createdAt }: OrderEntity): KnownOrder[] {
  return view === null ? [] : [{ id, view: completeView(view), createdAt }];
}
