import { batched, columns, type UnitOfWork } from '@dozen/database';
import { lockNames } from '@dozen/messaging';
import { Injectable } from '@nestjs/common';
import { Stock } from '../../application/ports.js';
import type { StockMovement } from '../../domain/stock.js';

/**
 * Who writes which stock row, and why nobody deadlocks over it.
 *
 * A reservation must know at once how much is left, so it changes `stock_level` under the locks of its SKUs, which the
 * batch of PlaceOrders takes first and sorted. A settlement (sold, released) cannot declare SKUs: billing's events do
 * not name them. Were it to update levels, sorting its own SKUs would not help: a batch settles many orders in one
 * transaction, so two batches could hold X and want Y, and Y and X. It need not know what is left either; so it only
 * inserts what moves into `stock_movement`, and waits for nobody. The next reservation of the SKU folds the movements in
 * before it looks. There are never more of them than orders that awaited payment at the last reservation of the SKU.
 *
 * Invariants: levels are never negative (CHECK), movements add up to 0 (CHECK), an order settles a SKU once (key).
 */

/**
 * One statement, so that no other handler of the batch comes between looking and taking (they share the transaction
 * and interleave). The update is by differences and guarded by CHECK, in case that someone without the lock changes
 * the row meanwhile. Folding happens also when there is too little.
 */
const RESERVE = `
  WITH wanted AS (
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[]) AS w (sku, available, reserved, sold)
  ), due AS (
    DELETE FROM stock_movement AS m USING wanted AS w WHERE m.sku = w.sku
    RETURNING m.sku, m.available, m.reserved, m.sold
  ), folded AS (
    SELECT sku, sum(available) AS available, sum(reserved) AS reserved, sum(sold) AS sold FROM due GROUP BY sku
  ), short AS (
    SELECT w.sku
    FROM wanted AS w LEFT JOIN stock_level AS l USING (sku) LEFT JOIN folded AS f USING (sku)
    WHERE coalesce(l.available, 0) + coalesce(f.available, 0) + w.available < 0
  ), change AS (
    SELECT sku, available, reserved, sold FROM folded
    UNION ALL SELECT sku, available, reserved, sold FROM wanted WHERE NOT EXISTS (SELECT FROM short)
  ), moved AS (
    UPDATE stock_level AS l
    SET available = l.available + c.available, reserved = l.reserved + c.reserved, sold = l.sold + c.sold
    FROM (
      SELECT sku, sum(available) AS available, sum(reserved) AS reserved, sum(sold) AS sold FROM change GROUP BY sku
    ) AS c
    WHERE l.sku = c.sku
  )
  SELECT sku FROM short ORDER BY sku`;

const SETTLE = `
  INSERT INTO stock_movement (order_id, sku, available, reserved, sold)
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[])`;

const OPEN = `
  INSERT INTO stock_level (sku, available)
  SELECT sku, available FROM unnest($1::text[], $2::bigint[]) AS s (sku, available) ORDER BY sku
  ON CONFLICT (sku) DO NOTHING`;

/**
 * Reservations run one after the other, since each depends on what the ones before it have left. They are answered together, so
 * that the next statements of their callers are batched again.
 */
const reserve = batched((manager, all: readonly (readonly StockMovement[])[]) =>
  Promise.all(all.map((movements) => manager.query<{ sku: string }[]>(RESERVE, columns(movements.map(valuesOf))))),
);

/** Settles several orders with one statement. That is safe because a settlement reads nothing that another one writes. */
const settle = batched(async (manager, all: readonly { orderId: string; movements: readonly StockMovement[] }[]) => {
  const rows = all.flatMap(({ orderId, movements }) => movements.map((movement) => [orderId, ...valuesOf(movement)]));
  await manager.query(SETTLE, columns(rows));
  return [];
});

@Injectable()
export class PostgresStock extends Stock {
  async reserve({ manager }: UnitOfWork, movements: readonly StockMovement[]): Promise<string[]> {
    const short = await reserve(manager, movements);
    return short.map(({ sku }) => sku);
  }

  async settle({ manager }: UnitOfWork, orderId: string, movements: readonly StockMovement[]): Promise<void> {
    await settle(manager, { orderId, movements });
  }

  async available({ manager }: UnitOfWork, skus: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows: { sku: string; available: string }[] = await manager.query(
      'SELECT sku, available FROM stock WHERE sku = ANY ($1)',
      [skus],
    );
    return new Map(rows.map(({ sku, available }) => [sku, Number(available)]));
  }

  /** Takes units as a reservation would, but for no order, under the lock that PlaceOrders declare: no batch comes between. */
  async adjust(unit: UnitOfWork, sku: string, units: number): Promise<boolean> {
    await lockNames(unit.manager, [sku]);
    const short = await this.reserve(unit, [{ sku, available: units, reserved: 0, sold: 0 }]);
    return short.length === 0;
  }

  async open({ manager }: UnitOfWork, levels: readonly { sku: string; available: number }[]): Promise<void> {
    await manager.query(OPEN, columns(levels.map(({ sku, available }) => [sku, available])));
  }
}

function valuesOf({ sku, available, reserved, sold }: StockMovement): unknown[] {
  return [sku, available, reserved, sold];
}
