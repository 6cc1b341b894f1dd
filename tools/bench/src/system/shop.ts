import { randomUUID } from 'node:crypto';
import type { System } from '@dozen/demo';

/** Three of four orders want a product that many others want. */
export const SKUS = [
  'COFFEE-1KG',
  'TEA-GREEN',
  'COCOA-500G',
  'HONEY-500G',
  'COFFEE-1KG',
  'TEA-GREEN',
  'MUG-BLUE',
  'TEA-BLACK',
];

/** Where a customer's program finds a system. */
export interface Doors {
  readonly gatewayUrl: string;
  readonly identityUrl: string;
}

export function doorsOf(system: System): Doors {
  return { gatewayUrl: system.service('gateway').url, identityUrl: system.tool('identity').url };
}

/** A customer's program: posts orders that can be confirmed. */
export class Shop {
  #placed = 0;

  private constructor(
    readonly url: URL,
    readonly token: string,
    private readonly skus: readonly string[],
  ) {}

  static async open({ identityUrl, gatewayUrl }: Doors, skus: readonly string[] = SKUS): Promise<Shop> {
    const response = await fetch(new URL('/token', identityUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sub: 'bench', email: 'bench@dozen.example', scope: 'orders:read orders:write' }),
    });
    const { access_token: token } = (await response.json()) as { access_token: string };
    return new Shop(new URL('/v1/orders', gatewayUrl), token, skus);
  }

  /** Resolves with the order's id, at its 202; undefined when the gateway has no room for it (503). */
  async place(): Promise<string | undefined> {
    this.#placed += 1;
    const sku = this.skus[this.#placed % this.skus.length];
    const answer = await fetch(this.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': `"${randomUUID()}"`,
        authorization: `Bearer ${this.token}`,
      },
      body: JSON.stringify({ items: [{ sku, quantity: 1 }], paymentToken: 'tok_ok' }),
    });
    if (answer.status === 503) return undefined;
    if (answer.status !== 202) throw new Error(`an order was not accepted: ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { id: string }).id;
  }
}
