import type { Benchmark, Findings } from '../benchmark.js';
import type { Arrivals } from '../children/arrivals.js';
import { Child } from '../children/child.js';
import { creditOrdered } from '../inbox/credit.js';
import { Feed } from '../inbox/feed.js';
import { latencyOf } from '../measures.js';
import { Sandbox } from '../sandbox.js';
import { messagesOf, type Pace, type Round, roundOf } from './rounds.js';
import { steadyStream } from './steady-stream.js';
import { WritingService } from './writing-service.js';

const PER_SECOND = 100;
const AIM = { p50: 10, p99: 50 };
const SECONDS = 20;

/** The search for the highest rate that is kept up with: the last message is handled so soon after its commit was due. */
const SEARCH = { from: 300, step: 1.25, seconds: 6, keptUpMs: 1_000 };
const SHARE = 0.8;

/** One service commits, another handles: commit → the handler's transaction committed. */
export const latency: Benchmark = async ({ backing, rounds, scale, say }): Promise<Findings> => {
  const sandbox = await Sandbox.open(backing);
  const consuming = await Sandbox.open(backing);
  const service = await WritingService.start(sandbox);
  try {
    const feed = await Feed.prepare(consuming);
    const at = async (perSecond: number, seconds: number): Promise<Round> => {
      const pace: Pace = { perSecond, seconds: seconds * scale };
      const topic = await sandbox.topic('handled');
      const { databaseUrl, kafkaUrl } = consuming;
      const input = { databaseUrl, kafkaUrl, topic, expected: messagesOf(pace), setBased: false };
      const child = await Child.start<Arrivals>('handler-role', input);
      const contract = creditOrdered(topic);
      const round = await roundOf({ service, child, contract, payload: (n) => feed.credit(n), pace });
      say(
        `at ${Math.round(perSecond)}/s: the last of ${messagesOf(pace)} messages was handled ${Math.round(round.behindMs)} ms after it was due`,
      );
      return round;
    };
    const repeated = async (perSecond: number): Promise<(readonly number[])[]> => {
      const found: (readonly number[])[] = [];
      for (let round = 1; round <= rounds; round += 1) found.push((await at(perSecond, SECONDS)).latencies);
      return found;
    };
    const usual = await repeated(PER_SECOND);
    const most = await keptUpWith((perSecond) => at(perSecond, SEARCH.seconds));
    const stream = await steadyStream({ sandbox, consuming, service, feed, scale, say });
    const near = Math.max(1, Math.floor(SHARE * most));
    const subject = "commit in one service → handler's commit in another, at";
    return {
      ratios: [],
      latencies: [
        latencyOf(`${subject} ${PER_SECOND}/s`, usual, AIM),
        latencyOf(`the same at ${near}/s: ${SHARE * 100} % of what it keeps up with`, await repeated(near)),
        stream.latency,
      ],
      counts: [stream.growth],
      evidence: [],
    };
  } finally {
    await service.stop();
    await sandbox.close();
    await consuming.close();
  }
};

/** The highest rate of the steps that is kept up with; 0 when the first is too much. */
async function keptUpWith(at: (perSecond: number) => Promise<Round>): Promise<number> {
  let held = 0;
  for (let perSecond = SEARCH.from; ; perSecond *= SEARCH.step) {
    if ((await at(perSecond)).behindMs > SEARCH.keptUpMs) return held;
    held = perSecond;
  }
}
