import type { UnitOfWork } from '@dozen/database';
import type { FoldedOrder, Order, TimelineEntry } from '../domain/order.js';
import type { OrderView } from '../domain/order-view.js';
import type { Product } from '../domain/product.js';

/** Where a page ends: the last row of it, in the list's order. */
export interface After {
  readonly createdAt: Date;
  readonly id: string;
}

/** An order that has a timeline, as its owner may see it. */
export interface KnownOrder {
  readonly id: string;
  readonly view: OrderView;
  /** When the gateway first heard of it; never changes, so lists are ordered by it. */
  readonly createdAt: Date;
}

/** Where in the timeline of an order somebody is: 0 is before its first entry. */
export interface Place {
  readonly orderId: string;
  readonly after: number;
}

export interface PlacedEntry extends TimelineEntry {
  readonly orderId: string;
}

/** The gateway's own record of orders. Abstract classes, because they are their own injection tokens. */
export abstract class Orders {
  /** The order, locked until the unit ends. An id that is not known yet gets a row without a timeline. */
  abstract lock(unit: UnitOfWork, orderId: string): Promise<Order>;
  /** The order, locked until the unit ends, if it is there and the customer's. */
  abstract lockOwned(unit: UnitOfWork, orderId: string, customerId: string): Promise<Order | undefined>;
  /** Stores, at the unit's end, an order that it has locked or that is new, and the entry that made it what it is. */
  abstract append(unit: UnitOfWork, order: FoldedOrder, entry: TimelineEntry): void;
  /** Only if the customer owns it. */
  abstract find(orderId: string, customerId: string): Promise<KnownOrder | undefined>;
  /** Newest first, at most `limit`. */
  abstract list(customerId: string, limit: number, after?: After): Promise<KnownOrder[]>;
  /** Ids in their order, at most `limit`. */
  abstract ids(limit: number, after?: string): Promise<string[]>;
  /** Folds the timeline of an order that this unit has locked again; true when the stored view was another. */
  abstract refold(unit: UnitOfWork, orderId: string): Promise<boolean>;
  /** Entries behind a position, of several orders, at most `limit`; those of one order in the order of positions. */
  abstract newEntries(places: readonly Place[], limit: number): Promise<PlacedEntry[]>;
  /** In the order of positions. */
  abstract timeline(orderId: string): Promise<TimelineEntry[]>;
}

export interface ListedProduct extends Product {
  readonly createdAt: Date;
}

export abstract class Products {
  /** Keeps the snapshot if it is newer than what is known. */
  abstract keep(unit: UnitOfWork, product: Product): Promise<void>;
  /** Those that are sold; newest first, at most `limit`; `after.id` is a SKU. */
  abstract list(limit: number, after?: After): Promise<ListedProduct[]>;
}
