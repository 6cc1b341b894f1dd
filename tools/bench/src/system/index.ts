import type { BenchContext, Benchmark, Count, Findings, Latency, Ratio } from '../benchmark.js';
import { latencyOf } from '../measures.js';
import { Confirmations } from './confirmations.js';
import { load, type Load } from './load.js';
import { Shop } from './shop.js';
import { APART, STOCK, type Subject, TOGETHER } from './subjects.js';

const PER_SECOND = 50;
const AIM = { p50: 100, p99: 300 };
const SECONDS = 10;
/** The search for the sustained maximum: where it begins, and how much faster each step is than the last. */
const FROM = 10;
const STEP = 1.25;
/** At most so many seconds' worth of orders may be on their way at the end of a step. */
const BACKLOG_S = 1;
const SHARE = 0.8;

interface Measured {
  readonly latencies: readonly Latency[];
  readonly counts: readonly Count[];
  /** Orders per second. */
  readonly most: number;
}

/** The whole system, from a client's POST to "confirmed" at the gateway. */
export const system: Benchmark = async (context): Promise<Findings> => {
  const together = await measure(context, TOGETHER);
  const split = await measure(context, APART);
  const stock = await measure(context, STOCK);
  const sustainedBy = (subject: Subject, { most }: Measured, yardstick: Subject, than: Measured): Ratio => ({
    subject: `sustained orders, ${subject.name}`,
    yardstick: yardstick.name,
    unit: 'orders/s',
    rates: [most],
    yardstickRates: [than.most],
  });
  return {
    ratios: [sustainedBy(TOGETHER, together, STOCK, stock), sustainedBy(APART, split, TOGETHER, together)],
    latencies: [...together.latencies, ...split.latencies, ...stock.latencies],
    counts: [...together.counts, ...split.counts],
    evidence: [],
  };
};

async function measure(context: BenchContext, subject: Subject): Promise<Measured> {
  const { rounds, scale, say } = context;
  const { name } = subject;
  const opened = await subject.open(context);
  const confirmations = await Confirmations.watch(opened.gatewayDatabaseUrl);
  try {
    const client = { shop: await Shop.open(opened), confirmations };
    const seconds = SECONDS * scale;
    const atAim: Load[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      atAim.push(await load(client, { perSecond: PER_SECOND, seconds }));
      say(`round ${round}: ${name}: ${atAim.at(-1)?.latencies.length} orders at ${PER_SECOND}/s`);
    }
    const most = await sustained(client, { seconds, say });
    const perSecond = Math.max(1, Math.floor(SHARE * most));
    const nearMost = await load(client, { perSecond, seconds });
    const samples = atAim.map(({ latencies }) => latencies);
    const refused = [...atAim, nearMost].reduce((sum, round) => sum + round.refused, 0);
    return {
      most,
      latencies: [
        latencyOf(`POST → confirmed, at ${PER_SECOND}/s, ${name}`, samples, AIM),
        latencyOf(`the same at ${perSecond}/s: ${SHARE * 100} % of its maximum`, [nearMost.latencies]),
      ],
      counts: [{ subject: `orders that the gateway had no room for (503), ${name}`, value: refused, most: 0 }],
    };
  } finally {
    await confirmations.stop();
    await opened.stop();
  }
}

type Client = Parameters<typeof load>[0];

/** The highest rate of the steps at which what is on its way does not grow; 0 when the first is too much. */
async function sustained(
  client: Client,
  { seconds, say }: { seconds: number; say: BenchContext['say'] },
): Promise<number> {
  let held = 0;
  for (let perSecond = FROM; ; perSecond *= STEP) {
    const { backlog, refused } = await load(client, { perSecond, seconds });
    say(`at ${Math.round(perSecond)} orders/s: ${backlog} on their way at the end, ${refused} refused`);
    if (refused > 0 || backlog > perSecond * BACKLOG_S) return held;
    held = perSecond;
  }
}
