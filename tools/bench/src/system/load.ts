import { atPace } from '../latency/pace.js';
import type { Pace } from '../latency/rounds.js';
import { machineNow } from '../measures.js';
import { machineCpuSeconds } from '../processes.js';
import type { Shop } from './shop.js';

const WARM_UP_S = 3;
const TIMEOUT_MS = 120_000;

/** Tells when orders are confirmed: resolves with the moment, on the machine's clock. */
export interface Watch {
  of(orderId: string): Promise<number>;
}

export interface Client {
  readonly shop: Shop;
  readonly watch: Watch;
}

export interface Load {
  /** From the request to "confirmed", in ms; without the first seconds. */
  readonly latencies: readonly number[];
  /** Orders that were asked for. */
  readonly orders: number;
  /** From the first request to the last confirmation, in seconds. */
  readonly seconds: number;
  /** CPU of the whole machine meanwhile, in seconds. */
  readonly cpuSeconds: number;
  /** Orders that were asked for and not confirmed yet when the last request was sent. */
  readonly backlog: number;
  /** Orders that the gateway did not take. */
  readonly refused: number;
}

/** Posts orders at an even pace and waits until all are confirmed. */
export async function load({ shop, watch }: Client, { perSecond, seconds }: Pace, warmUpS = WARM_UP_S): Promise<Load> {
  const orders = Math.ceil(perSecond * (warmUpS + seconds));
  const [started, spent] = [performance.now(), await machineCpuSeconds()];
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
    const at = await watch.of(id);
    confirmed += 1;
    if (index >= perSecond * warmUpS) latencies.push(at - began);
  });
  const late = Promise.withResolvers<never>();
  const paceMs = (orders / perSecond) * 1000;
  const timer = setTimeout(() => {
    late.reject(new Error(`${confirmed} of ${orders} orders are confirmed, ${refused} refused`));
  }, paceMs + TIMEOUT_MS);
  try {
    await Promise.race([all, late.promise]);
  } finally {
    clearTimeout(timer);
  }
  return {
    ...{ orders, latencies, backlog, refused },
    seconds: (performance.now() - started) / 1000,
    cpuSeconds: (await machineCpuSeconds()) - spent,
  };
}
