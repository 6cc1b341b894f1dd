import { setTimeout as sleep } from 'node:timers/promises';
import type { Shop } from '../shop.js';
import type { OutsideProducer } from './outside-producer.js';
import { Random } from './random.js';

/** What was promised to whom: written before anything is judged, by nobody but the load. */
export interface Sent {
  readonly orderId: string;
  readonly by: 'rest' | 'kafka';
}

/** Tokens in their mix: mostly good cards, some declined, some whose provider answers badly or late. */
const TOKENS = ['tok_ok', 'tok_ok', 'tok_ok', 'tok_ok', 'tok_ok', 'tok_declined', 'tok_flaky', 'tok_slow'];
/** Three of them are in most orders: rows that many transactions want at once. */
const SKUS = [
  'COFFEE-1KG',
  'COFFEE-1KG',
  'TEA-GREEN',
  'TEA-GREEN',
  'COCOA-500G',
  'COFFEE-250G',
  'TEA-BLACK',
  'HONEY-500G',
];
/** One of so many orders comes from outside, by Kafka. */
const OUTSIDE_EVERY = 4;

/** Places `orders` orders evenly over `spanMs`; resolves when each has been accepted. Rejects when one never is. */
export async function placeOrders(options: {
  readonly orders: number;
  readonly spanMs: number;
  readonly seed: number;
  readonly shop: Shop;
  readonly outside: OutsideProducer;
  readonly signal: AbortSignal;
}): Promise<Sent[]> {
  const { orders, spanMs, seed, shop, outside, signal } = options;
  const random = new Random(seed);
  const began = performance.now();
  const placed: Promise<Sent>[] = [];
  for (let n = 0; n < orders; n += 1) {
    await sleep(Math.max(0, began + (n * spanMs) / orders - performance.now()), undefined, { signal });
    const order = {
      items: [
        { sku: random.pick(SKUS), quantity: random.int(1, 3) },
        { sku: 'FILTER-100', quantity: 1 },
      ],
      paymentToken: random.pick(TOKENS),
    };
    placed.push(
      n % OUTSIDE_EVERY === 0
        ? outside.place(order).then((orderId) => ({ orderId, by: 'kafka' as const }))
        : shop.place(order).then((orderId) => ({ orderId, by: 'rest' as const })),
    );
    // Its rejection is reported by Promise.all below, and must not end the process before.
    placed.at(-1)?.catch(() => undefined);
  }
  return Promise.all(placed);
}
