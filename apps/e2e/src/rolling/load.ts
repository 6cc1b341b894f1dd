import { randomUUID } from 'node:crypto';
import { pause } from '@dozen/kernel';
import type { OutsideProducer } from '../chaos/outside-producer.js';
import type { NewOrder, OrderView, Shop } from '../shop.js';
import { HeldConnections } from './held-connections.js';
import { causeOf, followOrder, type StreamResult } from './streams.js';

/** Clients of each kind, and how long each pauses between two requests, in ms. Few: two cores run the system, too. */
const CLIENTS = {
  order: { clients: 3, pauseMs: 500 },
  wait: { clients: 2, pauseMs: 500 },
  read: { clients: 3, pauseMs: 50 },
  held: { clients: 2, pauseMs: 50 },
  stream: { clients: 6, pauseMs: 100 },
  kafka: { clients: 1, pauseMs: 600 },
} as const;
export type RequestKind = keyof typeof CLIENTS;

const ORDER: NewOrder = { items: [{ sku: 'COFFEE-1KG', quantity: 1 }], paymentToken: 'tok_ok' };
const WAIT_S = 5;

/** Constant load by clients that never repeat a request: whatever fails is seen. */
export class Load {
  readonly accepted: string[] = [];
  /** The last one that this customer placed. */
  #latest: string | undefined;
  readonly streams: StreamResult[] = [];
  readonly requests = Object.fromEntries(Object.keys(CLIENTS).map((kind) => [kind, 0])) as Record<RequestKind, number>;
  /** One sentence per request that was not answered as it should be. */
  readonly failed: string[] = [];
  readonly #shop: Shop;
  readonly #held: HeldConnections;
  readonly #outside: OutsideProducer;
  readonly #ending = new AbortController();
  readonly #clients: Promise<unknown>;

  /** `connectionsUrl`: where a connection stays with its process. */
  constructor({ shop, connectionsUrl, outside }: { shop: Shop; connectionsUrl: string; outside: OutsideProducer }) {
    this.#shop = shop;
    this.#held = new HeldConnections(connectionsUrl, {
      authorization: shop.authorization,
      clients: CLIENTS.held.clients,
    });
    this.#outside = outside;
    const kinds = Object.keys(CLIENTS) as RequestKind[];
    this.#clients = Promise.all(
      kinds.flatMap((kind) => Array.from({ length: CLIENTS[kind].clients }, () => this.#client(kind))),
    );
  }

  /** How often a held connection was told that it closes. */
  get told(): number {
    return this.#held.told;
  }

  /** Resolves when every request in flight has been answered. */
  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#clients;
    this.#held.close();
  }

  async #client(kind: RequestKind): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      this.requests[kind] += 1;
      try {
        await this.#do(kind);
      } catch (error) {
        this.failed.push(`${new Date().toISOString()} ${kind}: ${causeOf(error)}`);
      }
      await pause(CLIENTS[kind].pauseMs, signal);
    }
  }

  async #do(kind: RequestKind): Promise<void> {
    switch (kind) {
      case 'order':
        await this.#place([202]);
        return;
      case 'wait':
        // A process that drains answers 202, and so does one whose order takes longer: the order is noted, not lost.
        await this.#place([200, 202], { prefer: `wait=${WAIT_S}` });
        return;
      case 'read': {
        const path = this.#latest === undefined ? '/v1/products' : `/v1/orders/${this.#latest}`;
        const answer = await this.#shop.request(path);
        const text = await answer.text();
        if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${text}`);
        return;
      }
      case 'held':
        await this.#held.read('/v1/products');
        return;
      case 'stream':
        this.streams.push(await followOrder(this.#shop, await this.#place([202])));
        return;
      case 'kafka':
        this.accepted.push(await this.#outside.place(ORDER));
    }
  }

  async #place(expected: readonly number[], headers: Record<string, string> = {}): Promise<string> {
    const answer = await this.#shop.request('/v1/orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': `"${randomUUID()}"`, ...headers },
      body: JSON.stringify(ORDER),
    });
    if (!expected.includes(answer.status)) throw new Error(`POST: ${answer.status} ${await answer.text()}`);
    const { id } = (await answer.json()) as OrderView;
    this.accepted.push(id);
    this.#latest = id;
    return id;
  }
}
