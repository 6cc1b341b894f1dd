import type { PlaceOrder } from '@dozen/contracts';
import { newId } from '@dozen/kernel';
import { startUnderTest } from '@dozen/service-testing';
import { ordersService } from '../../src/index.js';

export interface StockRow {
  readonly available: number;
  readonly reserved: number;
  readonly sold: number;
}

/**
 * Orders of the test's own, seeded. Its outbox is read, never relayed. As a `consumer` it also takes the commands of the
 * other test files: each file orders products of its own.
 */
export async function startOrders({ processTypes = 'consumer' }: { processTypes?: 'consumer' | 'jobs' } = {}) {
  const service = await startUnderTest(ordersService, { PROCESS_TYPES: processTypes });
  await service.seed();
  return {
    ...service,
    async stock(sku: string): Promise<StockRow | undefined> {
      const rows: StockRow[] = await service.dataSource.query(
        'SELECT available::int, reserved::int, sold::int FROM stock WHERE sku = $1',
        [sku],
      );
      return rows[0];
    },
    async addProduct(product: { sku: string; available: number; amount?: number; currency?: string }): Promise<void> {
      const { sku, available, amount = 1000, currency = 'EUR' } = product;
      const note = { by: 'test', why: 'needed' };
      await service.admin('catalogue add', {
        sku,
        name: `Name of ${sku}`,
        amount,
        currency,
        units: available,
        ...note,
      });
    },
  };
}

export type TestOrders = Awaited<ReturnType<typeof startOrders>>;

/** A PlaceOrder: `order({ 'COFFEE-1KG': 2 })`. */
export function order(items: Readonly<Record<string, number>>, overrides: Partial<PlaceOrder> = {}): PlaceOrder {
  return {
    orderId: newId(),
    customer: { id: 'c-1', email: 'ada@example.com', locale: 'en' },
    items: Object.entries(items).map(([sku, quantity]) => ({ sku, quantity })),
    paymentToken: 'tok_ok',
    ...overrides,
  };
}
