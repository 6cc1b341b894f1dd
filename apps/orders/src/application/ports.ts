import type { UnitOfWork } from '@dozen/database';
import type { Order } from '../domain/order.js';
import type { ListedProduct, Product } from '../domain/product.js';
import type { StockMovement } from '../domain/stock.js';

/** Orders by id. All of it happens in the unit's transaction. */
export abstract class Orders {
  abstract find(unit: UnitOfWork, id: string): Promise<Order | undefined>;
  /** Holds the order's row until the transaction ends. */
  abstract lock(unit: UnitOfWork, id: string): Promise<Order | undefined>;
  abstract add(unit: UnitOfWork, order: Order): Promise<void>;
  abstract save(unit: UnitOfWork, order: Order): Promise<void>;
}

/** Products by SKU. */
export abstract class Catalogue {
  /** Those of the SKUs that are sold. Locks nothing: a change of the catalogue holds up no order. */
  abstract find(unit: UnitOfWork, skus: readonly string[]): Promise<ReadonlyMap<string, Product>>;
  /** Those of the SKUs that exist, by SKU; nobody else changes them until the transaction ends. */
  abstract lock(unit: UnitOfWork, skus: readonly string[]): Promise<ListedProduct[]>;
  /** By SKU, at most `limit`, behind `after`; none of them changes until the transaction ends. */
  abstract page(unit: UnitOfWork, limit: number, after?: string): Promise<ListedProduct[]>;
  /** False when somebody else has put the SKU in. */
  abstract add(unit: UnitOfWork, product: ListedProduct): Promise<boolean>;
  abstract save(unit: UnitOfWork, product: ListedProduct): Promise<void>;
  /** SKUs whose stock is not what their last snapshot says, at most `limit`. Outside of any transaction. */
  abstract outdated(limit: number): Promise<string[]>;
}

/** A change that an operator made. */
export interface CatalogueChange {
  readonly sku: string;
  /** The command: `set-price`. */
  readonly change: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly by: string;
  readonly why: string;
}

export interface RecordedChange extends CatalogueChange {
  readonly madeAt: Date;
}

/** Who changed what in the catalogue, and why. */
export abstract class CatalogueHistory {
  abstract record(unit: UnitOfWork, change: CatalogueChange): Promise<void>;
  /** Oldest first. */
  abstract of(sku: string): Promise<RecordedChange[]>;
}

/** Units in stock by SKU. */
export abstract class Stock {
  /**
   * Makes every movement, or none if one would leave less than nothing available. Returns the SKUs of which too few are available; none means that all were made.
   * The caller's message has declared the SKUs as `locks`: nobody else reserves them until the transaction ends.
   */
  abstract reserve(unit: UnitOfWork, movements: readonly StockMovement[]): Promise<string[]>;
  /** Sells or releases what the order has reserved. Waits for nobody, so it needs no locks. Once per order. */
  abstract settle(unit: UnitOfWork, orderId: string, movements: readonly StockMovement[]): Promise<void>;
  /**
   * The available units of each SKU that has a stock. The numbers may be old a moment later, unless the caller holds the SKU.
   */
  abstract available(unit: UnitOfWork, skus: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Units that come, or go for another reason than an order (negative). False when there are not so many available. */
  abstract adjust(unit: UnitOfWork, sku: string, units: number): Promise<boolean>;
  /** Puts a first stock in; leaves that of a SKU that has one as it is. */
  abstract open(unit: UnitOfWork, levels: readonly { sku: string; available: number }[]): Promise<void>;
}
