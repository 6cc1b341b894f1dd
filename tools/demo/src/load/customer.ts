import { randomUUID } from 'node:crypto';
import type { Kind } from './options.js';
import type { Outcome } from './tally.js';

/** How long a request waits for the order's end; the gateway cuts longer ones to this. */
const WAIT_S = 30;
/** Three of four want a product that many others want. */
const SKUS = ['COFFEE-1KG', 'TEA-GREEN', 'COCOA-500G', 'HONEY-500G'];

interface Answer {
  readonly id: string;
  readonly status: string;
}

/** Customers at one gateway. Each order is one request that waits for its end (`Prefer: wait`), or two with a cancellation. */
export class Customer {
  #count = 0;

  constructor(
    private readonly url: string,
    private readonly token: () => Promise<string>,
  ) {}

  /** Never rejects: a gateway that does not answer refuses. */
  async order(kind: Kind): Promise<Outcome> {
    this.#count += 1;
    const sku = SKUS[this.#count % SKUS.length] ?? 'COFFEE-1KG';
    const paymentToken = kind === 'cancel' ? 'tok_slow' : `tok_${kind}`;
    try {
      const placed = await this.#post('/v1/orders', {
        wait: kind !== 'cancel',
        headers: { 'idempotency-key': `"${randomUUID()}"`, 'content-type': 'application/json' },
        body: JSON.stringify({ items: [{ sku, quantity: 1 }], paymentToken }),
      });
      if (kind !== 'cancel') return outcomeOf(placed);
      return outcomeOf(await this.#post(`/v1/orders/${placed.id}/cancellation`, { wait: true }));
    } catch {
      return 'refused';
    }
  }

  async #post(
    path: string,
    request: { wait: boolean; headers?: Record<string, string>; body?: string },
  ): Promise<Answer> {
    const response = await fetch(new URL(path, this.url), {
      method: 'POST',
      headers: {
        ...request.headers,
        ...(request.wait ? { prefer: `wait=${WAIT_S}` } : {}),
        authorization: `Bearer ${await this.token()}`,
      },
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${text}`);
    return JSON.parse(text) as Answer;
  }
}

function outcomeOf({ status }: Answer): Outcome {
  return status === 'confirmed' || status === 'rejected' || status === 'cancelled' ? status : 'waiting';
}
