import type { BenchContext, Count, Latency } from '../benchmark.js';
import type { Arrivals } from '../children/arrivals.js';
import { Child } from '../children/child.js';
import { creditOrdered } from '../inbox/credit.js';
import type { Feed } from '../inbox/feed.js';
import { latencyOf, machineNow } from '../measures.js';
import type { Sandbox } from '../sandbox.js';
import { atPace } from './pace.js';
import type { WritingService } from './writing-service.js';

const PER_SECOND = 10_000;
/**
 * How many messages one unit of work publishes: whoever writes so many has a job that goes over rows, not a request for each.
 */
const PER_UNIT = 100;
const WARM_UP_S = 5;
const SECONDS = 60;
const AIM = { p50: 30, p99: 250 };
const MOST_GROWTH = 20;

interface StreamOptions extends Pick<BenchContext, 'scale' | 'say'> {
  /** Where the writing service commits, and where the handlers' one does. */
  readonly sandbox: Sandbox;
  readonly consuming: Sandbox;
  readonly service: WritingService;
  readonly feed: Feed;
}

/** A steady stream through outbox, Kafka and a set-based handler: how late it is, and whether it falls behind. */
export async function steadyStream(options: StreamOptions): Promise<{ latency: Latency; growth: Count }> {
  const { sandbox, consuming, service, feed, scale, say } = options;
  const units = Math.ceil(((WARM_UP_S + SECONDS * scale) * PER_SECOND) / PER_UNIT);
  const topic = await sandbox.topic('stream');
  const { databaseUrl, kafkaUrl } = consuming;
  const input = { databaseUrl, kafkaUrl, topic, expected: units * PER_UNIT, setBased: true };
  const child = await Child.start<Arrivals>('handler-role', input);
  const committed: number[] = [];
  const began = machineNow();
  await atPace(PER_SECOND / PER_UNIT, units, async (unit) => {
    const credits = Array.from({ length: PER_UNIT }, (_, n) => feed.credit(unit * PER_UNIT + n));
    committed[unit] = await service.commit(creditOrdered(topic), credits);
  });
  const arrivals = (await child.done).filter(({ n }) => n >= WARM_UP_S * PER_SECOND);
  const latencies = arrivals.map(({ n, at }) => at - (committed[Math.floor(n / PER_UNIT)] ?? NaN));
  // From when it was due: who writes may fall behind, too.
  const growth = growthOf(
    arrivals.map(({ n, at }) => at - began - (Math.floor(n / PER_UNIT) * PER_UNIT * 1000) / PER_SECOND),
  );
  say(`at ${PER_SECOND}/s: the backlog grows by ${growth.toFixed(1)} messages/s`);
  return {
    latency: latencyOf(
      `the same at ${PER_SECOND}/s for ${SECONDS} s, ${PER_UNIT} a commit, set-based`,
      [latencies],
      AIM,
    ),
    growth: {
      subject: `messages that the backlog grows by each second, at ${PER_SECOND}/s`,
      value: Math.max(0, growth),
      most: MOST_GROWTH,
    },
  };
}

/** By how many messages a second the stream falls behind: who is a second late has a second's worth waiting. */
function growthOf(lateMs: readonly number[]): number {
  const tenth = Math.floor(lateMs.length / 10);
  const mean = (some: readonly number[]): number => some.reduce((sum, ms) => sum + ms, 0) / some.length;
  const seconds = (0.9 * lateMs.length) / PER_SECOND;
  return ((mean(lateMs.slice(-tenth)) - mean(lateMs.slice(0, tenth))) / 1000 / seconds) * PER_SECOND;
}
