import { batched, type BatchWriter, columns, PLANNED_ANEW, type UnitOfWork } from '@dozen/database';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type After, type KnownOrder, Orders, type Place, type PlacedEntry } from '../../application/ports.js';
import type { FoldedOrder, Order, TimelineEntry } from '../../domain/order.js';
import type { EntryData } from '../../domain/entry-data.js';
import { completeView, foldTimeline, type OrderView } from '../../domain/order-view.js';
import { OrderEntity } from './entities/order.entity.js';
import { TimelineEntryEntity } from './entities/timeline-entry.entity.js';
import { newestFirst } from './newest-first.js';

/*
 * The projection's hot path is plain SQL, for all messages that are handled together. A transaction remembers the orders that
 * it has locked, so that several messages of one order read its row once and write it once.
 */
const ENSURE =
  'INSERT INTO orders (id) SELECT id FROM unnest($1::uuid[]) AS id ORDER BY id ON CONFLICT (id) DO NOTHING';
const LOCK = `${PLANNED_ANEW}
  SELECT id, customer_id, last_position, view FROM orders WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`;
const LOCK_OWNED = `
  SELECT id, customer_id, last_position, view FROM orders WHERE id = $1 AND customer_id = $2 FOR NO KEY UPDATE`;
const APPEND = `
  INSERT INTO timeline (order_id, position, message_id, type, topic, source, time, aggregate_version, data, fixed)
  SELECT * FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::int[],
                       $9::jsonb[], $10::bool[])`;
const ADD = `
  INSERT INTO orders (id, customer_id, last_position, status, view)
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::jsonb[])`;
const SAVE = 'UPDATE orders SET customer_id = $2, last_position = $3, status = $4, view = $5 WHERE id = $1';

const REFOLD =
  'UPDATE orders SET status = $2, view = $3 WHERE id = $1 AND (status, view) IS DISTINCT FROM ($2, $3::jsonb)';
const NEW_ENTRIES = `
  SELECT t.* FROM unnest($1::uuid[], $2::int[]) AS place (order_id, after)
  CROSS JOIN LATERAL (
    SELECT order_id AS "orderId", position, message_id AS "messageId", type, topic, source, time, data, fixed
    FROM timeline WHERE order_id = place.order_id AND position > place.after ORDER BY position LIMIT $3
  ) AS t LIMIT $3`;

interface LockedRow {
  readonly id: string;
  readonly customer_id: string | null;
  readonly last_position: number;
  readonly view: OrderView | null;
}

/** Orders as they are in a transaction that has locked them, with what it is still to write. */
const locked = new WeakMap<EntityManager, Map<string, Order>>();

function lockedBy(manager: EntityManager): Map<string, Order> {
  const orders = locked.get(manager) ?? new Map<string, Order>();
  locked.set(manager, orders);
  return orders;
}

const lock = batched(async (manager, ids: readonly string[]) => {
  const orders = lockedBy(manager);
  const read = async (wanted: readonly string[]): Promise<void> => {
    const rows = await manager.query<LockedRow[]>(LOCK, [wanted]);
    for (const row of rows) orders.set(row.id, orderOf(row));
  };
  const wanted = [...new Set(ids)].sort();
  await read(wanted);
  const unknown = wanted.filter((id) => !orders.has(id));
  if (unknown.length > 0) await Promise.all([manager.query(ENSURE, [unknown]), read(unknown)]);
  return ids.map((id) => orders.get(id));
});

interface Appended {
  /** Whether the order has no row yet. */
  readonly isNew: boolean;
  readonly order: FoldedOrder;
  readonly entry: TimelineEntry;
}

/** Writes all entries, and of each order its state after the last of them. */
const timelines: BatchWriter<Appended> = {
  async write(manager, all) {
    const orders = [...new Map(all.map(({ order }) => [order.id, order])).values()];
    const added = new Set(all.flatMap(({ order, isNew }) => (isNew ? [order.id] : [])));
    await Promise.all([
      add(
        manager,
        orders.filter(({ id }) => added.has(id)),
      ),
      manager.query(APPEND, columns(all.map(valuesOf))),
      // One statement a row, all sent at once. A single statement would join an array, and PostgreSQL may keep a plan for that
      // which reads the whole table.
      ...orders
        .filter(({ id }) => !added.has(id))
        .map(({ id, customerId, lastPosition, view }) =>
          manager.query(SAVE, [id, customerId, lastPosition, view.status, JSON.stringify(view)]),
        ),
    ]);
  },
};

/** In the order of APPEND. */
function valuesOf({ order, entry }: Appended): unknown[] {
  const { position, messageId, type, topic, source, time, data, fixed } = entry;
  const version = 'version' in data ? data.version : null;
  return [order.id, position, messageId, type, topic, source, time, version, JSON.stringify(data), fixed];
}

async function add(manager: EntityManager, orders: readonly FoldedOrder[]): Promise<void> {
  if (orders.length === 0) return;
  const rows = orders.map(({ id, customerId, lastPosition, view }) => [
    id,
    customerId,
    lastPosition,
    view.status,
    JSON.stringify(view),
  ]);
  await manager.query(ADD, columns(rows));
}

@Injectable()
export class PostgresOrders extends Orders {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  async lock({ manager }: UnitOfWork, orderId: string): Promise<Order> {
    const order = lockedBy(manager).get(orderId) ?? (await lock(manager, orderId));
    if (order === undefined) throw new TypeError('an order that was ensured is not there');
    return order;
  }

  async lockOwned({ manager }: UnitOfWork, orderId: string, customerId: string): Promise<Order | undefined> {
    const orders = lockedBy(manager);
    if (!orders.has(orderId)) {
      const rows: LockedRow[] = await manager.query(LOCK_OWNED, [orderId, customerId]);
      for (const row of rows) orders.set(row.id, orderOf(row));
    }
    const order = orders.get(orderId);
    return order?.customerId === customerId ? order : undefined;
  }

  append(unit: UnitOfWork, order: FoldedOrder, entry: TimelineEntry): void {
    const orders = lockedBy(unit.manager);
    unit.bufferWrite(timelines, { isNew: !orders.has(order.id), order, entry });
    orders.set(order.id, order);
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
    const entries: { time: Date; data: EntryData }[] = await manager.query(
      'SELECT time, data FROM timeline WHERE order_id = $1 ORDER BY position',
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
      data,
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
