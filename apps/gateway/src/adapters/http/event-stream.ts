import { Readable } from 'node:stream';
import type { Reader } from '../../application/timeline-feed.js';
import type { TimelineEntry } from '../../domain/order.js';
import { timelineResource } from './resources.js';

/** Proxies close what is silent, many after a minute. */
const HEARTBEAT_MS = 15_000;
/** How soon a client comes back to another process. */
const RETRY_MS = 1_000;
/** What clients leave out: an empty comment. */
const NOTHING = ':\n\n';

/**
 * One order's timeline as server-sent events: `id` is the position, `event` the type, `data` the entry as GET …/timeline
 * has it. What the client cannot take waits in the database, not here.
 */
export class EventStream extends Readable implements Reader {
  readonly orderId: string;
  after: number;
  #wants = true;
  readonly #heartbeat: NodeJS.Timeout;

  constructor({ orderId, after }: { orderId: string; after: number }) {
    super();
    this.orderId = orderId;
    this.after = after;
    this.#heartbeat = setInterval(() => this.#write(NOTHING), HEARTBEAT_MS);
    this.once('close', () => clearInterval(this.#heartbeat));
    // The head of the answer leaves with the first bytes, and a client that has everything would wait for it.
    this.#write(NOTHING);
  }

  get wants(): boolean {
    return this.#wants;
  }

  tell(entries: readonly TimelineEntry[]): void {
    this.#write(entries.map(eventOf).join(''));
  }

  /** The process ends: the client is told when to come back, with the last position that it has. */
  end(): void {
    this.#write(`retry: ${RETRY_MS}\n\n`);
    this.push(null);
  }

  override _read(): void {
    this.#wants = true;
  }

  #write(text: string): void {
    if (!this.destroyed && !this.readableEnded) this.#wants = this.push(text);
  }
}

function eventOf(entry: TimelineEntry): string {
  const data = JSON.stringify(timelineResource(entry));
  return `id: ${entry.position}\nevent: ${entry.type}\ndata: ${data}\n\n`;
}
