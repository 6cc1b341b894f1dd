import type { UnitOfWork } from '@dozen/database';
import type { Order } from '../domain/order.js';
import type { Product, ProductVersion } from '../domain/product.js';
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
  /** Those of the SKUs that exist. */
  abstract find(unit: UnitOfWork, skus: readonly string[]): Promise<ReadonlyMap<string, Product>>;
  /** Adds or changes products; returns those that are new or changed, with their new versions. */
  abstract put(unit: UnitOfWork, products: readonly Product[]): Promise<ProductVersion[]>;
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
  /** Puts a first stock in; leaves that of a SKU that has one as it is. */
  abstract open(unit: UnitOfWork, levels: readonly { sku: string; available: number }[]): Promise<void>;
}
