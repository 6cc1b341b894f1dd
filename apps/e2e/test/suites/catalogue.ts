import { eventually } from '@dozen/testing';
import { type OrderView, query, type Shop } from '../../src/index.js';
import type { Running } from '../running.js';

interface Product {
  readonly sku: string;
  readonly version: number;
  readonly price: { readonly amount: number };
  readonly availability: string | null;
}

interface Priced extends OrderView {
  readonly total: { readonly amount: number };
}

const NOTE = ['--by', 'grace', '--why', 'a test'];

/** What operators change in orders is what customers see at the gateway, and what orders from then on pay. */
export function catalogue(running: () => Running): void {
  describe('the catalogue', () => {
    let shop: Shop;

    beforeAll(async () => {
      shop = await running().shop('catalogue');
    });

    const operate = <T>(...args: string[]) => running().admin<T>('orders', ['catalogue', ...args]);

    async function products(): Promise<Product[]> {
      const answer = await shop.request('/v1/products?limit=100');
      expect(answer.status).toBe(200);
      return ((await answer.json()) as { items: Product[] }).items;
    }

    const product = async (sku: string) => (await products()).find((one) => one.sku === sku);

    async function confirmed(id: string): Promise<Priced> {
      return eventually(async () => {
        const view = (await shop.view(id)) as Priced;
        expect(view.status).toBe('confirmed');
        return view;
      });
    }

    it('changes a price: the list shows it, orders from then on pay it, one from before keeps its own', async () => {
      const order = { items: [{ sku: 'HONEY-500G', quantity: 2 }], paymentToken: 'tok_slow' };
      const before = await shop.place(order);
      await eventually(async () => {
        expect((await shop.view(before)).status).not.toBe('pending');
      });
      await operate('set-price', 'HONEY-500G', '950', 'EUR', ...NOTE);
      await eventually(async () => {
        expect(await product('HONEY-500G')).toMatchObject({ price: { amount: 950 }, version: 2 });
      });
      const after = await shop.place({ ...order, paymentToken: 'tok_ok' });
      expect((await confirmed(after)).total.amount).toBe(1900);
      expect((await confirmed(before)).total.amount).toBe(1780);
    });

    it('tells customers when orders have bought the last ones, and when there are more', async () => {
      await operate('add', 'LAST-ONES', 'The last ones', '100', 'EUR', '2', ...NOTE);
      await eventually(async () => {
        expect(await product('LAST-ONES')).toMatchObject({ availability: 'low' });
      });
      await shop.place({ items: [{ sku: 'LAST-ONES', quantity: 2 }], paymentToken: 'tok_ok' });
      await eventually(async () => {
        expect(await product('LAST-ONES')).toMatchObject({ availability: 'sold-out' });
      });
      await operate('restock', 'LAST-ONES', '50', ...NOTE);
      await eventually(async () => {
        expect(await product('LAST-ONES')).toMatchObject({ availability: 'in-stock' });
      });
      await operate('withdraw', 'LAST-ONES', ...NOTE);
      await eventually(async () => {
        expect(await product('LAST-ONES')).toBeUndefined();
      });
    });

    it('is published again for a gateway that has lost its products', async () => {
      const known = async () => new Map((await products()).map((one) => [one.sku, one]));
      const before = await known();
      const { gateway } = running().databases;
      await query(gateway, 'DELETE FROM products');
      // `migrate` made the table, and the list above came through it.
      expect(await query(gateway, "SELECT FROM cache.entries WHERE key LIKE 'gateway:products:%'")).not.toEqual([]);
      await eventually(async () => {
        expect((await known()).size).toBe(0);
      });
      const { published } = await operate<{ published: number }>('republish');
      // One is withdrawn, and so not in the list.
      expect(published).toBe(before.size + 1);
      await eventually(async () => {
        expect(await known()).toEqual(before);
      });
    });
  });
}
