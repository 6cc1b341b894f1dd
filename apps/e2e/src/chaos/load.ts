import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NewOrder, Shop } from '../shop.js';
import type { OutsideProducer } from './outside-producer.js';
import { Random } from './random.js';
import { idSpelling, requestSpelling } from './spellings.js';

/** What was promised to whom. Only the load writes it, before anything is judged. */
export interface Sent {
  readonly orderId: string;
  readonly by: 'rest' | 'kafka' | 'operator';
}

export interface Load {
  readonly sent: readonly Sent[];
  /** Orders that their client then wanted cancelled, and was told that this is noted. */
  readonly cancelRequested: readonly string[];
  /** One sentence per order that was not accepted, or was accepted under two ids. */
  readonly refused: readonly string[];
}

/** Tokens in their mix: mostly good cards, some declined, some whose provider answers badly, late or never. */
const TOKENS = [
  ...Array.from({ length: 10 }, () => 'tok_ok'),
  ...['tok_declined', 'tok_declined', 'tok_flaky', 'tok_flaky', 'tok_slow', 'tok_timeout'],
];
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
/** One of so many clients asks twice at once, by two gateways, or sends its command twice. */
const TWICE_EVERY = 9;

/** One of so many orders is cancelled by its client, so many ms later at most: before, while or after it is charged. */
const CANCEL_EVERY = 5;
const CANCEL_WITHIN_MS = 4_000;

export function randomOrder(random: Random): NewOrder {
  return {
    items: [
      { sku: random.pick(SKUS), quantity: random.int(1, 3) },
      { sku: 'FILTER-100', quantity: 1 },
    ],
    paymentToken: random.pick(TOKENS),
  };
}

/** How one of the orders is placed. */
interface Plan {
  readonly order: NewOrder;
  readonly by: 'rest' | 'kafka';
  readonly times: number;
  readonly cancelAfterMs: number | undefined;
}

function planOf(n: number, random: Random): Plan {
  const order = randomOrder(random);
  const cancelAfterMs = random.int(1, CANCEL_EVERY) === 1 ? random.int(0, CANCEL_WITHIN_MS) : undefined;
  const times = n % TWICE_EVERY === 0 ? 2 : 1;
  return { order, by: n % OUTSIDE_EVERY === 0 ? 'kafka' : 'rest', times, cancelAfterMs };
}

/** Places `orders` orders evenly over `spanMs`; resolves when each has been accepted or given up. */
export async function placeOrders(options: {
  readonly orders: number;
  readonly spanMs: number;
  readonly seed: number;
  readonly shop: Shop;
  readonly outside: OutsideProducer;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: { readonly placed: number; readonly accepted: number }) => void;
}): Promise<Load> {
  const { orders, spanMs, seed, shop, outside, signal, onProgress } = options;
  const random = new Random(seed);
  const began = performance.now();
  const sent: Sent[] = [];
  const cancelRequested: string[] = [];
  const refused: string[] = [];
  const placing: Promise<void>[] = [];
  const callOff = async (orderId: string, by: Sent['by'], afterMs: number): Promise<void> => {
    await sleep(afterMs, undefined, { signal });
    if (by === 'kafka') await outside.cancel(orderId);
    else if (!(await shop.cancel(idSpelling(orderId)))) return;
    cancelRequested.push(orderId);
  };
  const place = async ({ order, by, times, cancelAfterMs }: Plan): Promise<void> => {
    const ids = by === 'kafka' ? [await outside.place(order, { times })] : await byRest(shop, order, times);
    const [orderId = '', ...others] = ids;
    sent.push({ orderId, by });
    for (const other of others.filter((id) => id !== orderId)) {
      refused.push(`one request was accepted as order ${orderId} and as order ${other}`);
    }
    if (cancelAfterMs !== undefined) await callOff(orderId, by, cancelAfterMs);
  };
  for (let n = 0; n < orders; n += 1) {
    await sleep(Math.max(0, began + (n * spanMs) / orders - performance.now()), undefined, { signal });
    const plan = planOf(n, random);
    const failed = (error: unknown): void =>
      void refused.push(`order ${n} was not taken (${plan.by}): ${String(error)}`);
    placing.push(place(plan).catch(failed));
    onProgress({ placed: n + 1, accepted: sent.length });
  }
  await Promise.all(placing);
  return { sent, cancelRequested, refused };
}

function byRest(shop: Shop, order: NewOrder, times: number): Promise<string[]> {
  const key = randomUUID();
  const headers = requestSpelling(key);
  return Promise.all(Array.from({ length: times }, () => shop.place(order, { key, headers })));
}
