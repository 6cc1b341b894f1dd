import type { Admin } from 'kafkajs';
import { plainKafka } from '../kafka.js';

const EVERY_MS = 50;
const PATIENCE_MS = 120_000;

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

  /** Resolves when the topic has `total` records, with records per second between the first ones seen and the last. */
  async rateUntil(topic: string, total: number): Promise<number> {
    const began = performance.now();
    let first: { at: number; size: number } | undefined;
    for (;;) {
      const size = await this.size(topic);
      const at = performance.now();
      if (size > 0) first ??= { at, size };
      if (first !== undefined && size >= total) return ((size - first.size) / (at - first.at)) * 1000;
      if (at - began > PATIENCE_MS) throw new Error(`${topic} has ${size} of ${total} records after ${PATIENCE_MS} ms`);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }

  async close(): Promise<void> {
    await this.admin.disconnect();
  }
}
