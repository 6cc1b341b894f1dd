import type { Benchmark, Findings } from '../benchmark.js';
import type { Arrivals } from '../children/arrivals.js';
import { Child } from '../children/child.js';
import { creditOrdered } from '../inbox/credit.js';
import { Feed } from '../inbox/feed.js';
import { latencyOf } from '../measures.js';
import { Sandbox } from '../sandbox.js';
import { latencies, messagesOf, type Pace } from './rounds.js';
import { WritingService } from './writing-service.js';

const AIM = { p50: 10, p99: 50 };

/** One service commits, another handles: commit → the handler's transaction committed. */
export const latency: Benchmark = async ({ backing, rounds, scale, say }): Promise<Findings> => {
  const pace: Pace = { perSecond: 100, seconds: 20 * scale };
  const sandbox = await Sandbox.open(backing);
  const consuming = await Sandbox.open(backing);
  const service = await WritingService.start(sandbox);
  try {
    const feed = await Feed.prepare(consuming);
    const found: number[][] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const topic = await sandbox.topic('handled');
      const { databaseUrl, kafkaUrl } = consuming;
      const child = await Child.start<Arrivals>('handler-role', {
        databaseUrl,
        kafkaUrl,
        topic,
        expected: messagesOf(pace),
      });
      const contract = creditOrdered(topic);
      found.push(await latencies({ service, child, contract, payload: (n) => feed.credit(n), pace }));
      say(`round ${round}: ${found.at(-1)?.length} messages`);
    }
    const subject = `commit in one service → handler's commit in another, at ${pace.perSecond}/s`;
    return { ratios: [], latencies: [latencyOf(subject, found, AIM)], counts: [], evidence: [] };
  } finally {
    await service.stop();
    await sandbox.close();
    await consuming.close();
  }
};
