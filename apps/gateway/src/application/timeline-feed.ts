import { ChangeNotifications } from '@dozen/database';
import { messageOf, pause, WakeUp } from '@dozen/kernel';
import { LOGGER } from '@dozen/service';
import { Lifecycle } from '@dozen/shutdown';
import { type Logger, observeGauges } from '@dozen/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import type { TimelineEntry } from '../domain/order.js';
import { gatewayMetrics as metrics } from '../metrics.js';
import { Orders } from './ports.js';

/*
 * | name | why this value |
 * |---|---|
 * | pollMs | the net under announcements, which may be lost |
 * | slowMs | how soon a reader that could not take more is asked again |
 * | paceMs | between two looks, while much is announced: one query of an index in this time, whatever the number of readers |
 * | entries | of one poll: a reader that begins at the start of many orders must not hold up the others |
 * | failedMs | pause after a database that does not answer |
 */
const policy = { pollMs: 2_000, slowMs: 200, paceMs: 15, entries: 1_000, failedMs: 1_000 };

/** Where feeds hear that another process has written entries. */
const CHANNEL = 'dozen_timeline_written';

/** Somebody who wants to hear what is new about one order. */
export interface Reader {
  readonly orderId: string;
  /** Position of the last entry that it has; advanced by the feed. */
  after: number;
  /** False while it cannot take more: then it is left out, and misses nothing. */
  readonly wants: boolean;
  /** In the order of positions, each once. Must not throw. */
  tell(entries: readonly TimelineEntry[]): void;
  /** The process drains: nothing more comes. Must not throw. */
  end(): void;
}

/**
 * New timeline entries for everybody in this process who waits for some: one query per look joins all of them, and none
 * is asked while nobody waits. It looks when an entry is announced as committed, here or by another process.
 * Whichever process wrote an entry, positions of one order become visible in their order.
 */
@Injectable()
export class TimelineFeed {
  readonly #readers = new Set<Reader>();
  #running = false;
  /** An entry may be there, somebody has come, or the process drains. */
  readonly #news = new WakeUp();

  constructor(
    private readonly orders: Orders,
    private readonly lifecycle: Lifecycle,
    private readonly notifications: ChangeNotifications,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    notifications.listen(CHANNEL, { onNotification: () => this.#news.wake(), onGap: () => this.#news.wake() });
    observeGauges({
      gauges: [metrics.openStreams],
      look: (observe) => observe(metrics.openStreams, this.#readers.size, {}),
      onError: (error) => logger.warn({ reason: messageOf(error) }, 'open streams could not be counted'),
    });
    lifecycle.signal.addEventListener('abort', () => {
      for (const reader of this.#readers) reader.end();
      this.#news.wake();
    });
  }

  /** Feeds the reader until the returned function is called, or the process drains. */
  add(reader: Reader): () => void {
    if (this.lifecycle.draining) reader.end();
    else this.#readers.add(reader);
    this.#news.wake();
    if (!this.#running) void this.#run();
    return () => this.#readers.delete(reader);
  }

  /** An entry has been committed in this process. */
  written(): void {
    this.#news.wake();
    this.notifications.announce(CHANNEL);
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    const { signal } = this.lifecycle;
    this.#running = true;
    while (this.#readers.size > 0 && !signal.aborted) {
      this.#news.clear();
      try {
        if ((await this.#poll()) === policy.entries) this.#news.wake();
        await pause(policy.paceMs, signal);
        await this.#news.wait([...this.#readers].every(({ wants }) => wants) ? policy.pollMs : policy.slowMs);
      } catch (error) {
        this.logger.warn({ reason: messageOf(error), retry_in_ms: policy.failedMs }, 'the timeline cannot be read');
        await pause(policy.failedMs, signal);
      }
    }
    this.#running = false;
  }

  /** One query for all; returns how many entries it found. */
  async #poll(): Promise<number> {
    const readers = Map.groupBy(
      [...this.#readers].filter(({ wants }) => wants),
      ({ orderId }) => orderId,
    );
    if (readers.size === 0) return 0;
    const places = [...readers].map(([orderId, all]) => ({
      orderId,
      after: Math.min(...all.map(({ after }) => after)),
    }));
    const found = await this.orders.newEntries(places, policy.entries);
    for (const [orderId, entries] of Map.groupBy(found, (entry) => entry.orderId)) {
      for (const reader of readers.get(orderId) ?? []) this.#feed(reader, entries);
    }
    return found.length;
  }

  #feed(reader: Reader, entries: readonly TimelineEntry[]): void {
    const fresh = entries.filter(({ position }) => position > reader.after);
    const last = fresh.at(-1);
    if (last === undefined || !this.#readers.has(reader)) return;
    reader.after = last.position;
    reader.tell(fresh);
  }
}
