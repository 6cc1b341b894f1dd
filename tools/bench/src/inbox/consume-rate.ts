import { Child } from '../children/child.js';
import type { ConsumerInput } from './consumer-input.js';
import type { Sandbox } from '../sandbox.js';
import type { Effects } from './effects.js';
import type { Feed } from './feed.js';

const EVERY_MS = 50;
const TIMEOUT_MS = 300_000;

/** A consumer, how much it gets to do, and how what it did is counted. */
export interface Measured extends Pick<ConsumerInput, 'kind' | 'concurrency'> {
  readonly messages: number;
  readonly effects: Effects;
}

/** Messages per second, seen from outside: by the effects of their handlers. */
export async function consumeRate(sandbox: Sandbox, feed: Feed, measured: Measured): Promise<number> {
  const { messages, effects, ...what } = measured;
  const topic = await feed.topic(what.kind, messages);
  await effects.reset(sandbox);
  const { databaseUrl, kafkaUrl } = sandbox;
  const before = await effects.read(sandbox);
  const child = await Child.start('consumer-role', { ...what, databaseUrl, kafkaUrl, topic } satisfies ConsumerInput);
  const rate = await rateUntil(async () => (await effects.read(sandbox)) - before, messages);
  await child.stop();
  const count = await effects.count(sandbox);
  if (count !== messages) throw new Error(`${what.kind}: ${count} effects of ${messages} messages`);
  return rate;
}

async function rateUntil(progress: () => Promise<number>, messages: number): Promise<number> {
  const began = performance.now();
  let first: { at: number; count: number } | undefined;
  for (;;) {
    const count = await progress();
    const at = performance.now();
    if (count > 0) first ??= { at, count };
    if (first !== undefined && count >= messages) return ((count - first.count) / (at - first.at)) * 1000;
    if (at - began > TIMEOUT_MS) throw new Error(`${count} of ${messages} messages handled after ${TIMEOUT_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}
