import type { BenchContext, Benchmark, Count, Curve, Findings, Latency, Ratio } from '../benchmark.js';
import { latencyOf, percentile } from '../measures.js';
import { Confirmations } from './confirmations.js';
import { type Client, load, type Load } from './load.js';
import { CONFIRMED, OrderStreams } from './order-streams.js';
import { Shop } from './shop.js';
import { APART, ONE_PRODUCT, STOCK, type Subject, TOGETHER } from './subjects.js';

const PER_SECOND = 50;
const SECONDS = 10;
const AIM = { p50: 100, p99: 300 };
/** Orders one at a time: each is over before the next. */
const ALONE = { perSecond: 4, seconds: 25 };
const ALONE_AIM = { p50: 60, p99: 120 };
/** The search for the sustained maximum: where it begins, and how much faster each step is than the last. */
const FROM = 10;
const STEP = 1.25;
/** At most so many seconds' worth of orders may be on their way at the end of a step. */
const BACKLOG_S = 1;

interface Measured {
  readonly latencies: readonly Latency[];
  readonly counts: readonly Count[];
  readonly steps: readonly Step[];
}

/** One rate that was tried. */
interface Step extends Load {
  readonly perSecond: number;
  readonly held: boolean;
}

/** The whole system, from a client's POST to "confirmed" at the gateway. */
export const system: Benchmark = async (context): Promise<Findings> => {
  const together = await measure(context, TOGETHER);
  const oneProduct = await measure(context, ONE_PRODUCT);
  const split = await measure(context, APART);
  const stock = await measure(context, STOCK);
  const all = [together, oneProduct, split, stock];
  const sustainedBy = (
    subject: Subject,
    measured: Measured,
    yardstick: Subject,
    than: Measured,
    aim: number,
  ): Ratio => ({
    subject: `sustained orders, ${subject.name}`,
    yardstick: yardstick.name,
    unit: 'orders/s',
    rates: [sustained(measured)],
    yardstickRates: [sustained(than)],
    aim,
  });
  return {
    ratios: [
      sustainedBy(TOGETHER, together, STOCK, stock, 1.5),
      sustainedBy(ONE_PRODUCT, oneProduct, TOGETHER, together, 0.9),
      sustainedBy(APART, split, TOGETHER, together, 0.9),
    ],
    latencies: all.flatMap(({ latencies }) => latencies),
    counts: all.flatMap(({ counts }) => counts),
    curves: [...curvesOf(TOGETHER, together), ...curvesOf(STOCK, stock)],
    evidence: [],
  };
};

async function measure(context: BenchContext, subject: Subject): Promise<Measured> {
  const { rounds, scale, say } = context;
  const { name } = subject;
  const opened = await subject.open(context);
  const confirmations = await Confirmations.watch(opened.gatewayDatabaseUrl);
  try {
    const shop = await Shop.open(opened, subject.skus);
    const looking = { shop, watch: confirmations };
    const seconds = SECONDS * scale;
    const steps = await climb(looking, { seconds, say });
    const streaming = { shop, watch: new OrderStreams(shop, CONFIRMED) };
    const [alone, atAim]: [Load[], Load[]] = [[], []];
    for (let round = 1; round <= (subject.streams ? rounds : 0); round += 1) {
      alone.push(await load(streaming, { ...ALONE, seconds: ALONE.seconds * scale }));
      atAim.push(await load(streaming, { perSecond: PER_SECOND, seconds }));
      say(`round ${round}: ${name}: ${alone.at(-1)?.latencies.length} orders one at a time, ${PER_SECOND}/s`);
    }
    const refused = [...alone, ...atAim].reduce((sum, one) => sum + one.refused, 0);
    const samples = (loads: readonly Load[]): (readonly number[])[] => loads.map(({ latencies }) => latencies);
    if (!subject.streams) return { steps, latencies: [], counts: [] };
    return {
      steps,
      latencies: [
        latencyOf(`POST → the client of a stream hears "confirmed", one at a time, ${name}`, samples(alone), ALONE_AIM),
        latencyOf(`the same at ${PER_SECOND}/s, ${name}`, samples(atAim), AIM),
      ],
      counts: [{ subject: `orders that the gateway had no room for (503), ${name}`, value: refused, most: 0 }],
    };
  } finally {
    await confirmations.stop();
    await opened.stop();
  }
}

/** One rate after another, up to the first at which what is on its way grows. A machine may be busy: each has a second try. */
async function climb(
  client: Client,
  { seconds, say }: { seconds: number; say: BenchContext['say'] },
): Promise<readonly Step[]> {
  const attempt = async (perSecond: number): Promise<Step> => {
    const tried = await load(client, { perSecond, seconds });
    const { backlog, refused } = tried;
    say(`at ${Math.round(perSecond)} orders/s: ${backlog} on their way at the end, ${refused} refused`);
    return { ...tried, perSecond, held: refused === 0 && backlog <= perSecond * BACKLOG_S };
  };
  const steps: Step[] = [];
  for (let perSecond = FROM; steps.at(-1)?.held !== false; perSecond *= STEP) {
    const first = await attempt(perSecond);
    steps.push(first.held ? first : await attempt(perSecond));
  }
  return steps;
}

/** The highest rate that was held; 0 when the first was too much. */
function sustained({ steps }: Measured): number {
  return steps.filter(({ held }) => held).at(-1)?.perSecond ?? 0;
}

function curvesOf({ name }: Subject, { steps }: Measured): Curve[] {
  const x = { title: 'orders asked for per second', values: steps.map(({ perSecond }) => perSecond) };
  const line = (of: string, value: (step: Step) => number) => ({ name: of, values: steps.map(value) });
  const at = (percent: number) => line(`p${percent}`, ({ latencies }) => percentile(latencies, percent));
  return [
    { title: `POST → confirmed in ms, ${name}`, x, y: 'ms', lines: [at(50), at(95), at(99)] },
    {
      title: `CPU of the whole machine per order, ${name}`,
      x,
      y: 'ms',
      lines: [line('CPU', ({ cpuSeconds, orders }) => (1000 * cpuSeconds) / orders)],
    },
  ];
}
