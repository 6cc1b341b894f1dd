import { randomInt } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Reader } from '../../application/timeline-feed.js';
import type { TimelineEntry } from '../../domain/order.js';
import { timelineResource } from './resources.js';

/*
 * | name | why this value |
 * |---|---|
 * | heartbeatMs | proxies close what is silent, many after a minute |
 * | retryMs | a client comes back to another process after a moment of its own between these: all streams of a process end together, and 300 that come back together are a load that nobody has planned for. Not sooner than a balancer knows |
 * | unreadMs | a client that has not read the end of its stream by then does not read |
 */
const policy = { heartbeatMs: 15_000, retryMs: { least: 1_000, most: 4_000 }, unreadMs: 5_000 };

/** A heartbeat: an empty comment, which clients ignore. */
const NOTHING = ':\n\n';

/** How its answer is sent. No proxy may keep it, or hold it back to compress it (RFC 9111 section 5.2.2.6; nginx's header). */
export const EVENT_STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
};

/**
 * One order's timeline as server-sent events: `id` is the position, `event` the type, `data` the entry as GET …/timeline
 * has it. What the client cannot take waits in the database, not here.
 */
export class EventStream extends Readable implements Reader {
  readonly orderId: string;
  after: number;
  #wants = true;
  #ended = false;
  readonly #retry = `retry: ${randomInt(policy.retryMs.least, policy.retryMs.most)}\n\n`;
  readonly #heartbeat: NodeJS.Timeout;
  #cut: NodeJS.Timeout | undefined;

  constructor({ orderId, after }: { orderId: string; after: number }) {
    super();
    this.orderId = orderId;
    this.after = after;
    this.#heartbeat = setInterval(() => this.#write(NOTHING), policy.heartbeatMs);
    this.once('close', () => {
      clearInterval(this.#heartbeat);
      clearTimeout(this.#cut);
    });
    // The head of the answer leaves with the first bytes. Without them a client that has every entry would wait for it. The
    // pause before a new connection is sent now, since a process that is killed cannot send it later.
    this.#write(this.#retry);
  }

  get wants(): boolean {
    return this.#wants;
  }

  tell(entries: readonly TimelineEntry[]): void {
    this.#write(entries.map(eventOf).join(''));
  }

  /** The process ends: the client is told when to come back, with the last position that it has. */
  end(): void {
    this.#finish('');
  }

  /** The client may not read the order any longer. The last event carries the code that its next request would get. */
  expire(code: string, detail: string): void {
    this.#finish(`event: end\ndata: ${JSON.stringify({ code, detail })}\n\n`);
  }

  override _read(): void {
    this.#wants = true;
  }

  #finish(last: string): void {
    if (this.#ended || this.destroyed) return;
    this.#write(last + this.#retry);
    this.#ended = true;
    this.push(null);
    this.#cut = setTimeout(() => this.destroy(), policy.unreadMs);
  }

  #write(text: string): void {
    if (!this.destroyed && !this.#ended) this.#wants = this.push(text);
  }
}

function eventOf(entry: TimelineEntry): string {
  const data = JSON.stringify(timelineResource(entry));
  return `id: ${entry.position}\nevent: ${entry.type}\ndata: ${data}\n\n`;
}
