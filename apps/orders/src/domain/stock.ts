import type { RequestedItem } from './items.js';
import type { StockMove } from './order-table.js';

/** Units of one SKU by where they are. None is ever negative; a move keeps their sum. */
export interface StockLevel {
  readonly available: number;
  readonly reserved: number;
  readonly sold: number;
}

/** How the stock of one SKU changes: the numbers of a level, as differences. They add up to 0. */
export interface StockMovement extends StockLevel {
  readonly sku: string;
}

/** The effect of each move on a level, for one unit. */
const moves: Readonly<Record<StockMove, StockLevel>> = {
  reserve: { available: -1, reserved: 1, sold: 0 },
  sell: { available: 0, reserved: -1, sold: 1 },
  release: { available: 1, reserved: -1, sold: 0 },
};

export function movementsOf(move: StockMove, items: readonly RequestedItem[]): StockMovement[] {
  const { available, reserved, sold } = moves[move];
  return items.map(({ sku, quantity }) => ({
    sku,
    // `|| 0`: no negative zero, which a driver would write as a number of its own.
    available: available * quantity || 0,
    reserved: reserved * quantity || 0,
    sold: sold * quantity || 0,
  }));
}
