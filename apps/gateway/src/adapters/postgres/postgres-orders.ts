import type { UnitOfWork } from '@dozen/database';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type After, type KnownOrder, Orders, type Place, type PlacedEntry } from '../../application/ports.js';
import type { Order, TimelineEntry, ToldOrder } from '../../domain/order.js';
import type { Fact } from '../../domain/facts.js';
import { completeView, foldTimeline, type OrderView } from '../../domain/order-view.js';
import { OrderEntity } from './entities/order.entity.js';
import { TimelineEntryEntity } from './entities/timeline-entry.entity.js';
import { newestFirst } from './newest-first.js';

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

const REFOLD =
  'UPDATE orders SET status = $2, view = $3 WHERE id = $1 AND (status, view) IS DISTINCT FROM ($2, $3::jsonb)';
const NEW_ENTRIES = `
  SELECT t.* FROM unnest($1::uuid[], $2::int[]) AS place (order_id, after)
  CROSS JOIN LATERAL (
    SELECT order_id AS "orderId", position, message_id AS "messageId", type, topic, source, time, data AS fact, fixed
    FROM timeline WHERE order_id = place.order_id AND position > place.after ORDER BY position LIMIT $3
  ) AS t LIMIT $3`;

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
      .where('o.customerId = :customerId', { customerId });
    return (await newestFirst(query, 'id', { limit, after })).flatMap(known);
  }

  async ids(limit: number, after = '00000000-0000-0000-0000-000000000000'): Promise<string[]> {
    const rows: { id: string }[] = await this.dataSource.query(
      'SELECT id FROM orders WHERE id > $1 ORDER BY id LIMIT $2',
      [after, limit],
    );
    return rows.map(({ id }) => id);
  }

  async refold({ manager }: UnitOfWork, orderId: string): Promise<boolean> {
    const entries: { time: Date; fact: Fact }[] = await manager.query(
      'SELECT time, data AS fact FROM timeline WHERE order_id = $1 ORDER BY position',
      [orderId],
    );
    const view = foldTimeline(entries);
    if (view === undefined) return false;
    const [, changed] = await manager.query<[unknown, number]>(REFOLD, [orderId, view.status, JSON.stringify(view)]);
    return changed === 1;
  }

  async newEntries(places: readonly Place[], limit: number): Promise<PlacedEntry[]> {
    const rows: PlacedEntry[] = await this.dataSource.query(NEW_ENTRIES, [
      places.map(({ orderId }) => orderId),
      places.map(({ after }) => after),
      limit,
    ]);
    return rows;
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
