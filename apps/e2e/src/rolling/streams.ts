import { setTimeout as sleep } from 'node:timers/promises';
import { pause } from '@dozen/kernel';
import type { Shop } from '../shop.js';

/** A stream is kept open at least so long, so that every restart meets some. */
const HOLD_MS = 8_000;
/** How long a stream may take, once the load is over, until it has everything that the timeline has. */
const TIMEOUT_MS = 15_000;
const DEFAULT_RETRY_MS = 1_000;

export interface StreamResult {
  /** How often it came back with Last-Event-ID. */
  readonly resumed: number;
  readonly events: number;
  /** One sentence per gap, repeat, refusal or stream that broke off. */
  readonly faults: readonly string[];
}

/** Follows an order's events as a browser does, over as many connections as it takes, until it has the whole timeline. */
export async function followOrder(shop: Shop, orderId: string): Promise<StreamResult> {
  const follower = new Follower(shop, orderId);
  const following = follower.run();
  await sleep(HOLD_MS);
  const deadline = performance.now() + TIMEOUT_MS;
  const faults: string[] = [];
  for (;;) {
    const wanted = (await shop.timeline(orderId)).length;
    const { status } = await shop.view(orderId);
    if (follower.last >= wanted && status !== 'pending') break;
    if (performance.now() > deadline) {
      faults.push(`the stream of ${orderId} ends at ${follower.last} of ${wanted}, the order is ${status}`);
      break;
    }
    await sleep(200);
  }
  follower.stop();
  await following;
  return { resumed: follower.resumed, events: follower.last, faults: [...follower.faults, ...faults] };
}

class Follower {
  readonly faults: string[] = [];
  last = 0;
  resumed = 0;
  readonly #ending = new AbortController();
  #retryMs = DEFAULT_RETRY_MS;

  constructor(
    private readonly shop: Shop,
    private readonly orderId: string,
  ) {}

  stop(): void {
    this.#ending.abort();
  }

  async run(): Promise<void> {
    const { signal } = this.#ending;
    for (let connection = 0; !signal.aborted; connection += 1) {
      if (connection > 0) this.resumed += 1;
      try {
        await this.#connect();
      } catch (error) {
        if (!this.#ended()) this.faults.push(`the stream of ${this.orderId} broke off: ${causeOf(error)}`);
      }
      await pause(this.#retryMs, signal);
    }
  }

  /** A method, since the state changes while something is awaited. */
  #ended(): boolean {
    return this.#ending.signal.aborted;
  }

  /** Until the server ends it. */
  async #connect(): Promise<void> {
    const answer = await this.shop.request(`/v1/orders/${this.orderId}/events`, {
      headers: { accept: 'text/event-stream', ...(this.last > 0 && { 'last-event-id': String(this.last) }) },
      signal: this.#ending.signal,
    });
    if (answer.status !== 200 || answer.body === null) throw new Error(`${answer.status} ${await answer.text()}`);
    let rest = '';
    for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + chunk).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) this.#take(block);
    }
  }

  #take(block: string): void {
    const retry = /^retry: (\d+)$/m.exec(block)?.[1];
    if (retry !== undefined) this.#retryMs = Number(retry);
    const id = /^id: (\d+)$/m.exec(block)?.[1];
    if (id === undefined) return;
    if (Number(id) !== this.last + 1) this.faults.push(`the stream of ${this.orderId} has ${id} after ${this.last}`);
    this.last = Number(id);
  }
}

export function causeOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: string; message?: string } };
  return `${String(error)}${cause === undefined ? '' : ` (${cause.code ?? ''} ${cause.message ?? ''})`}`;
}
