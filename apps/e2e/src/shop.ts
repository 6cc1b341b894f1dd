import { randomUUID } from 'node:crypto';
import { insist } from './insist.js';

/** A customer with a token, talking REST to the gateway as any program would. */
export interface Shop {
  readonly customer: string;
  /** The header's value, for clients of other kinds. */
  readonly authorization: string;
  /** Within 10 s, body included, unless `init` has a signal of its own. */
  request(path: string, init?: RequestInit): Promise<Response>;
  /**
   * Posts an order; repeats it with the same key, later and later, until it is told yes or no. Resolves with the order's
   * id. `key`: of the request, a new one by default; `headers` take the place of the usual ones.
   */
  place(
    order: NewOrder,
    request?: { readonly key?: string; readonly headers?: Readonly<Record<string, string>> },
  ): Promise<string>;
  /** Asks for a cancellation until it is told yes or no. Resolves with false when the order cannot be cancelled any more. */
  cancel(orderId: string): Promise<boolean>;
  view(orderId: string): Promise<OrderView>;
  timeline(orderId: string): Promise<TimelineEntry[]>;
}

export interface NewOrder {
  readonly items: readonly { readonly sku: string; readonly quantity: number }[];
  readonly paymentToken: string;
}

export interface OrderView {
  readonly id: string;
  readonly status: string;
  readonly rejection: { readonly reason: string; readonly detail: string } | null;
}

export interface TimelineEntry {
  readonly position: number;
  readonly type: string;
  readonly source: string;
  readonly fixed: boolean;
}

const REQUEST_MS = 10_000;

export async function openShop(options: {
  gatewayUrl: () => string;
  identityUrl: string;
  customer: string;
}): Promise<Shop> {
  const { gatewayUrl, identityUrl, customer } = options;
  const authorization = `Bearer ${await tokenOf(customer, identityUrl)}`;
  const request: Shop['request'] = (path, init = {}) =>
    fetch(new URL(path, gatewayUrl()), {
      ...init,
      headers: { ...(init.headers as Record<string, string> | undefined), authorization },
      signal: init.signal ?? AbortSignal.timeout(REQUEST_MS),
    });
  const post = (path: string, init: RequestInit): Promise<Response> =>
    insist(() => request(path, { method: 'POST', ...init }));
  const json = async (path: string): Promise<unknown> => {
    const answer = await request(path);
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };

  return {
    customer,
    authorization,
    request,
    async place(order, { key = randomUUID(), headers = {} } = {}) {
      const answer = await post('/v1/orders', {
        headers: { 'content-type': 'application/json', 'idempotency-key': `"${key}"`, ...headers },
        body: JSON.stringify(order),
      });
      if (answer.status === 202) return ((await answer.json()) as OrderView).id;
      throw new Error(`refused: ${answer.status} ${await answer.text()}`);
    },
    async cancel(orderId) {
      const answer = await post(`/v1/orders/${orderId}/cancellation`, {});
      if (answer.status === 202 || answer.status === 409) return answer.status === 202;
      throw new Error(`refused: ${answer.status} ${await answer.text()}`);
    },
    view: (orderId) => json(`/v1/orders/${orderId}`) as Promise<OrderView>,
    async timeline(orderId) {
      return ((await json(`/v1/orders/${orderId}/timeline`)) as { items: TimelineEntry[] }).items;
    },
  };
}

async function tokenOf(customer: string, identityUrl: string): Promise<string> {
  const response = await fetch(new URL('/token', identityUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sub: customer, email: `${customer}@example.org`, scope: 'orders:read orders:write' }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}
