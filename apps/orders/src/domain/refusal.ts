import type { RejectionReason } from '@dozen/contracts';

export interface Rejection {
  readonly reason: RejectionReason;
  /** For people; names no person. */
  readonly detail: string;
}

/** What a customer is told when an order cannot be taken; all name the SKUs, in the order of the lines. */
export function unknownSkus(skus: readonly string[]): Rejection {
  return { reason: 'ORD-UNKNOWN-SKU', detail: `Not in the catalogue: ${skus.join(', ')}` };
}

/** An order has one currency, and the catalogue has these SKUs at a price in another one. */
export function otherCurrency(skus: readonly string[], currency: string): Rejection {
  return { reason: 'ORD-UNKNOWN-SKU', detail: `Not in the catalogue at a price in ${currency}: ${skus.join(', ')}` };
}

/** How much is left is not said: it would tell competitors, and be wrong a moment later. */
export function outOfStock(skus: readonly string[]): Rejection {
  return { reason: 'ORD-OUT-OF-STOCK', detail: `Not enough in stock: ${skus.join(', ')}` };
}
