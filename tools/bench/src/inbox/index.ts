import type { BenchContext, Benchmark, Findings, Ratio } from '../benchmark.js';
import { Sandbox } from '../sandbox.js';
import { consumeRate, type Measured } from './consume-rate.js';
import { balances, events } from './effects.js';
import { Feed } from './feed.js';
import { writeHistory } from './history.js';

const HISTORY_ROWS = 5_000_000;

/** `messages`: enough for some seconds at its usual rate. */
interface Named extends Measured {
  readonly name: string;
}

interface Yardstick extends Named {
  /** How many times its rate the inbox shall reach. */
  readonly aim: number;
}

const OURS: Named = {
  name: 'inbox, ordinary handler: load a row, update it, publish one event; 8 partitions',
  kind: 'ours',
  messages: 60_000,
  effects: events,
};

const YARDSTICKS: readonly Yardstick[] = [
  {
    name: '(b) one transaction per message by kafkajs and TypeORM, claim included, 8 partitions at a time',
    kind: 'per-message',
    concurrency: 8,
    messages: 12_000,
    effects: events,
    aim: 5,
  },
  {
    name: '(c) stock Nest ServerKafka and TypeORM at their defaults, no claim',
    kind: 'stock',
    messages: 6_000,
    effects: events,
    aim: 10,
  },
  {
    name: '(c4) the same with partitionsConsumedConcurrently: 4',
    kind: 'stock',
    concurrency: 4,
    messages: 10_000,
    effects: events,
    aim: 5,
  },
];

const SET_BASED: Named = {
  name: 'inbox, set-based handler: claims, then one UPDATE of all rows of the batch; no event; 8 partitions',
  kind: 'ours-set-based',
  messages: 240_000,
  effects: balances,
};

const ONE_UPDATE: readonly Yardstick[] = [
  {
    name: '(c) stock Nest ServerKafka and TypeORM at their defaults, the UPDATE of one row per message; no claim, no event',
    kind: 'stock-update',
    messages: 8_000,
    effects: balances,
    aim: 40,
  },
];

export const inbox: Benchmark = async (context): Promise<Findings> => {
  const empty = await Sandbox.open(context.backing);
  const full = await Sandbox.open(context.backing);
  try {
    const feed = await Feed.prepare(empty);
    const ratios = [
      ...(await compare(context, { sandbox: empty, feed, subject: OURS, yardsticks: YARDSTICKS })),
      ...(await compare(context, { sandbox: empty, feed, subject: SET_BASED, yardsticks: ONE_UPDATE })),
      await againstHistory(context, { sandbox: empty, feed }, full),
    ];
    return { ratios, latencies: [], counts: [], evidence: [] };
  } finally {
    await empty.close();
    await full.close();
  }
};

interface Place {
  readonly sandbox: Sandbox;
  readonly feed: Feed;
}

/** In turns, so that what changes on the machine meanwhile changes all. */
async function compare(
  { rounds, scale, say }: BenchContext,
  compared: Place & { subject: Named; yardsticks: readonly Yardstick[] },
): Promise<Ratio[]> {
  const { sandbox, feed, subject, yardsticks } = compared;
  const run = async (named: Named, round: number): Promise<number> => {
    const rate = await consumeRate(sandbox, feed, scaled(named, scale));
    say(`round ${round}: ${named.name}: ${Math.round(rate)} messages/s`);
    return rate;
  };
  const rates: number[] = [];
  const others = yardsticks.map((yardstick) => ({ yardstick, found: [] as number[] }));
  for (let round = 1; round <= rounds; round += 1) {
    rates.push(await run(subject, round));
    for (const { yardstick, found } of others) found.push(await run(yardstick, round));
  }
  return others.map(({ yardstick, found }) => ({
    subject: subject.name,
    yardstick: yardstick.name,
    unit: 'messages/s',
    rates,
    yardstickRates: found,
    aim: yardstick.aim,
  }));
}

async function againstHistory(context: BenchContext, empty: Place, full: Sandbox): Promise<Ratio> {
  const { rounds, scale, say } = context;
  const rows = Math.ceil(HISTORY_ROWS * scale);
  await writeHistory(full, rows);
  say(`${rows} rows of history written`);
  const fullFeed = await Feed.prepare(full);
  const ours = scaled(OURS, scale);
  const rates: number[] = [];
  const yardstickRates: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    yardstickRates.push(await consumeRate(empty.sandbox, empty.feed, ours));
    rates.push(await consumeRate(full, fullFeed, ours));
    say(
      `round ${round}: with history ${Math.round(rates.at(-1) ?? 0)}, without ${Math.round(yardstickRates.at(-1) ?? 0)}`,
    );
  }
  return {
    subject: `the ordinary handler with ${rows.toLocaleString('en')} rows of history`,
    yardstick: 'the inbox without history',
    unit: 'messages/s',
    rates,
    yardstickRates,
    aim: 0.9,
  };
}

function scaled<T extends Measured>(measured: T, scale: number): T {
  return { ...measured, messages: Math.ceil(measured.messages * scale) };
}
