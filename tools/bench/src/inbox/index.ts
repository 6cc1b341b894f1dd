import type { BenchContext, Benchmark, Findings, Ratio } from '../benchmark.js';
import type { ConsumerInput } from './consumer-input.js';
import { Sandbox } from '../sandbox.js';
import { consumeRate } from './consume-rate.js';
import { Feed } from './feed.js';
import { writeHistory } from './history.js';

const HISTORY_ROWS = 5_000_000;

interface Subject extends Pick<ConsumerInput, 'kind' | 'concurrency'> {
  readonly name: string;
  /** Enough for some seconds at its usual rate. */
  readonly messages: number;
  /** How many times its rate the inbox shall reach. */
  readonly aim: number;
}

const YARDSTICKS: readonly Subject[] = [
  {
    name: '(b) one transaction per message by kafkajs and TypeORM, claim included, 8 partitions at a time',
    kind: 'per-message',
    concurrency: 8,
    messages: 12_000,
    aim: 5,
  },
  {
    name: '(c) stock Nest ServerKafka and TypeORM at their defaults, no claim',
    kind: 'stock',
    messages: 6_000,
    aim: 10,
  },
  {
    name: '(c4) the same with partitionsConsumedConcurrently: 4',
    kind: 'stock',
    concurrency: 4,
    messages: 10_000,
    aim: 5,
  },
];

const OURS_MESSAGES = 60_000;
const SUBJECT = 'inbox: load a row, update it, publish one event; 8 partitions';

export const inbox: Benchmark = async (context): Promise<Findings> => {
  const empty = await Sandbox.open(context.backing);
  const full = await Sandbox.open(context.backing);
  try {
    const ratios = [...(await againstYardsticks(context, empty)), await againstHistory(context, empty, full)];
    return { ratios, latencies: [], counts: [], evidence: [] };
  } finally {
    await empty.close();
    await full.close();
  }
};

async function againstYardsticks({ rounds, scale, say }: BenchContext, sandbox: Sandbox): Promise<Ratio[]> {
  const feed = await Feed.prepare(sandbox);
  const rates: number[] = [];
  const others = YARDSTICKS.map((subject) => ({ subject, rates: [] as number[] }));
  for (let round = 1; round <= rounds; round += 1) {
    const rate = await consumeRate(sandbox, feed, { kind: 'ours' }, Math.ceil(OURS_MESSAGES * scale));
    rates.push(rate);
    say(`round ${round}: inbox ${Math.round(rate)} messages/s`);
    for (const { subject, rates: found } of others) {
      const other = await consumeRate(sandbox, feed, subject, Math.ceil(subject.messages * scale));
      found.push(other);
      say(`round ${round}: ${subject.name}: ${Math.round(other)} messages/s`);
    }
  }
  return others.map(({ subject, rates: yardstickRates }) => ({
    subject: SUBJECT,
    yardstick: subject.name,
    unit: 'messages/s',
    rates,
    yardstickRates,
    aim: subject.aim,
  }));
}

async function againstHistory(context: BenchContext, empty: Sandbox, full: Sandbox): Promise<Ratio> {
  const { rounds, scale, say } = context;
  const rows = Math.ceil(HISTORY_ROWS * scale);
  await writeHistory(full, rows);
  say(`${rows} rows of history written`);
  await empty.dataSource.query('DROP TABLE account');
  const feeds = { empty: await Feed.prepare(empty), full: await Feed.prepare(full) };
  const messages = Math.ceil(OURS_MESSAGES * scale);
  const rates: number[] = [];
  const yardstickRates: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    yardstickRates.push(await consumeRate(empty, feeds.empty, { kind: 'ours' }, messages));
    rates.push(await consumeRate(full, feeds.full, { kind: 'ours' }, messages));
    say(
      `round ${round}: with history ${Math.round(rates.at(-1) ?? 0)}, without ${Math.round(yardstickRates.at(-1) ?? 0)}`,
    );
  }
  return {
    subject: `the same with ${rows.toLocaleString('en')} rows of history`,
    yardstick: 'the inbox without history',
    unit: 'messages/s',
    rates,
    yardstickRates,
    aim: 0.9,
  };
}
