import { atPace } from '../latency/pace.js';
import type { Pace } from '../latency/rounds.js';
import { machineNow } from '../measures.js';
import type { Confirmations } from './confirmations.js';
import type { Shop } from './shop.js';

const WARM_UP_S = 3;
const PATIENCE_MS = 120_000;

export interface Load {
  /** From the request to "confirmed", in ms; without the first seconds. */
  readonly latencies: readonly number[];
  /** Orders that were asked for. */
  readonly orders: number;
  /** Orders that were asked for and not confirmed yet when the last request was sent. */
  readonly backlog: number;
  /** Orders that the gateway did not take. */
  readonly refused: number;
}

/** Posts orders at an even pace and waits until all are confirmed. */
export async function load(
  { shop, confirmations }: { readonly shop: Shop; readonly confirmations: Confirmations },
  { perSecond, seconds }: Pace,
): Promise<Load> {
  const orders = Math.ceil(perSecond * (WARM_UP_S + seconds));
  const latencies: number[] = [];
  let confirmed = 0;
  let backlog = 0;
  let refused = 0;
  const all = atPace(perSecond, orders, async (index) => {
    if (index === orders - 1) backlog = index - confirmed;
    const began = machineNow();
    const id = await shop.place();
    if (id === undefined) {
      refused += 1;
      return;
    }
    const at = await confirmations.of(id);
    confirmed += 1;
    if (index >= perSecond * WARM_UP_S) latencies.push(at - began);
  });
  const late = Promise.withResolvers<never>();
  const paceMs = (orders / perSecond) * 1000;
  const timer = setTimeout(() => {
    const { failure: cause } = confirmations;
    late.reject(new Error(`${confirmed} of ${orders} orders are confirmed, ${refused} refused`, { cause }));
  }, paceMs + PATIENCE_MS);
  try {
    await Promise.race([all, late.promise]);
  } finally {
    clearTimeout(timer);
  }
  return { orders, latencies, backlog, refused };
}
