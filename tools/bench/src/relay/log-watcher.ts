import type { Admin } from 'kafkajs';
import { plainKafka } from '../kafka.js';

const EVERY_MS = 50;
const TIMEOUT_MS = 300_000;

/** Looks at a topic's end offsets from outside, the same way for whoever appends to it. */
export class LogWatcher {
  private constructor(private readonly admin: Admin) {}

  static async open(kafkaUrl: string): Promise<LogWatcher> {
    const admin = plainKafka(kafkaUrl).admin();
    await admin.connect();
    return new LogWatcher(admin);
  }

  async size(topic: string): Promise<number> {
    const offsets = await this.admin.fetchTopicOffsets(topic);
    return offsets.reduce((sum, { high }) => sum + Number(high), 0);
  }

  /** Resolves when the topic has `total` records, with what was seen until then, from the first record on. */
  async growthUntil(topic: string, total: number): Promise<Growth> {
    const began = performance.now();
    const seen: Growth = [];
    for (;;) {
      const size = await this.size(topic);
      const at = performance.now();
      if (size > 0) seen.push({ at, size });
      if (seen.length > 1 && size >= total) return seen;
      if (at - began > TIMEOUT_MS) throw new Error(`${topic} has ${size} of ${total} records after ${TIMEOUT_MS} ms`);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }

  /** Records per second between the first ones seen and the last. */
  async rateUntil(topic: string, total: number): Promise<number> {
    return rateOf(await this.growthUntil(topic, total));
  }

  async close(): Promise<void> {
    await this.admin.disconnect();
  }
}

export type Growth = { readonly at: number; readonly size: number }[];

/** Records per second from the first look to the last. */
export function rateOf(growth: Growth): number {
  const [first, last] = [growth[0], growth.at(-1)];
  if (first === undefined || last === undefined) return NaN;
  return ((last.size - first.size) / (last.at - first.at)) * 1000;
}
