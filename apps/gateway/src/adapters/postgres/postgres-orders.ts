import { gathered, type UnitOfWork } from '@dozen/database';
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
 * The projection's hot path is plain SQL, for all messages that are handled together, in two pieces down
 * the pipelined connection. An upsert that returns the row would save one of them and write the row twice.
 */
const ENSURE =
  'INSERT INTO orders (id) SELECT id FROM unnest($1::uuid[]) AS id ORDER BY id ON CONFLICT (id) DO NOTHING';
const LOCK = `
  SELECT id, customer_id, last_position, view FROM orders WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`;
const LOCK_OWNED = `
  SELECT id, customer_id, last_position, view FROM orders WHERE id = $1 AND customer_id = $2 FOR NO KEY UPDATE`;
const APPEND = `
  INSERT INTO timeline (order_id, position, message_id, type, topic, source, time, aggregate_version, data, fixed)
  SELECT * FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::int[],
                       $9::jsonb[], $10::bool[])`;
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
  readonly id: string;
  readonly customer_id: string | null;
  readonly last_position: number;
  readonly view: OrderView | null;
}

const lock = gathered(async (manager, ids: readonly string[]) => {
  const parameters = [[...new Set(ids)].sort()];
  const [, rows] = await Promise.all([manager.query(ENSURE, parameters), manager.query<LockedRow[]>(LOCK, parameters)]);
  const orders = new Map(rows.map((row) => [row.id, orderOf(row)]));
  return ids.map((id) => orders.get(id));
});

/** Of several orders; of one order at a time. */
const append = gathered(async (manager, all: readonly { order: ToldOrder; entry: TimelineEntry }[]) => {
  const column = <T>(of: (one: { order: ToldOrder; entry: TimelineEntry }) => T): T[] => all.map(of);
  const id = column(({ order }) => order.id);
  await Promise.all([
    manager.query(APPEND, [
      id,
      column(({ entry }) => entry.position),
      column(({ entry }) => entry.messageId),
      column(({ entry }) => entry.type),
      column(({ entry }) => entry.topic),
      column(({ entry }) => entry.source),
      column(({ entry }) => entry.time),
      column(({ entry: { fact } }) => ('version' in fact ? fact.version : null)),
      column(({ entry }) => JSON.stringify(entry.fact)),
      column(({ entry }) => entry.fixed),
    ]),
    // One by one, and yet in one piece: a plan that is kept for a join with an array may read the whole table.
    ...all.map(({ order: { id: orderId, customerId, lastPosition, view } }) =>
      manager.query(SAVE, [orderId, customerId, lastPosition, view.status, JSON.stringify(view)]),
    ),
  ]);
  return [];
});

@Injectable()
export class PostgresOrders extends Orders {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  async lock({ manager }: UnitOfWork, orderId: string): Promise<Order> {
    const order = await lock(manager, orderId);
    if (order === undefined) throw new TypeError('an order that was ensured is not there');
    return order;
  }

  async lockOwned({ manager }: UnitOfWork, orderId: string, customerId: string): Promise<Order | undefined> {
    const [row]: LockedRow[] = await manager.query(LOCK_OWNED, [orderId, customerId]);
    return row && orderOf(row);
  }

  async append({ manager }: UnitOfWork, order: ToldOrder, entry: TimelineEntry): Promise<void> {
    await append(manager, { order, entry });
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

function orderOf({ id, customer_id: customerId, last_position: lastPosition, view }: LockedRow): Order {
  return { id, customerId, lastPosition, view: view === null ? undefined : completeView(view) };
}

/** A row has no view only inside of the transaction that makes it. */
function known({ id, view, createdAt }: OrderEntity): KnownOrder[] {
  return view === null ? [] : [{ id, view: completeView(view), createdAt }];
}
