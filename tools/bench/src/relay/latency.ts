import type { BenchContext, Latency } from '../benchmark.js';
import type { Arrivals } from '../children/arrivals.js';
import { Child } from '../children/child.js';
import type { ReaderInput } from '../children/reader-role.js';
import { messagesOf, roundOf, type Pace } from '../latency/rounds.js';
import { WritingService } from '../latency/writing-service.js';
import { latencyOf } from '../measures.js';
import { numbered, numberedEvent } from '../numbered.js';
import type { Sandbox } from '../sandbox.js';
import { newId } from '@dozen/kernel';

const AIM = { p50: 5, p99: 15 };

/** Commit → the record is with a plain consumer, at 500 a second, the relay woken in the process that commits. */
export async function relayLatency({ rounds, scale, say }: BenchContext, sandbox: Sandbox): Promise<Latency> {
  const pace: Pace = { perSecond: 500, seconds: 15 * scale };
  const service = await WritingService.start(sandbox);
  const found: (readonly number[])[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const topic = await sandbox.topic('consumed');
    const input: ReaderInput = { kafkaUrl: sandbox.kafkaUrl, topic: topic.name, expected: messagesOf(pace) };
    const child = await Child.start<Arrivals>('reader-role', input);
    const contract = numberedEvent(topic);
    const { latencies } = await roundOf({ service, child, contract, payload: (n) => numbered(newId(), n), pace });
    found.push(latencies);
    say(`round ${round}: latency of ${found.at(-1)?.length} events`);
  }
  await service.stop();
  return latencyOf(`commit → consumed, at ${pace.perSecond}/s`, found, AIM);
}
