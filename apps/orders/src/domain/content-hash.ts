import { createHash } from 'node:crypto';
import type { PlaceOrder } from '@dozen/contracts';

/**
 * SHA-256 (hex) of everything that a PlaceOrder says: two commands of one order id are the same request when and only
 * when their hashes are equal. The order of the lines says nothing, so it does not count. The payment token counts, and
 * is not kept: it cannot be read back from the hash.
 */
export function contentHash({ orderId, customer, items, paymentToken }: PlaceOrder): string {
  const lines = items
    .map(({ sku, quantity }) => [sku, quantity] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const content = [orderId, customer.id, customer.email, customer.locale, lines, paymentToken];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
