import { randomUUID } from 'node:crypto';

/** A customer with a token, talking REST to the gateway as any program would. */
export interface Shop {
  readonly customer: string;
  request(path: string, init?: RequestInit): Promise<Response>;
  /** Posts an order; repeats it with the same key until it gets an answer. Resolves with the order's id. */
  place(order: NewOrder): Promise<string>;
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

/** Longer than any restart of a service in these tests. */
const PATIENCE_MS = 60_000;

export async function openShop(options: {
  gatewayUrl: () => string;
  identityUrl: string;
  customer: string;
}): Promise<Shop> {
  const { gatewayUrl, identityUrl, customer } = options;
  const response = await fetch(new URL('/token', identityUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sub: customer, email: `${customer}@example.org`, scope: 'orders:read orders:write' }),
  });
  const { access_token: token } = (await response.json()) as { access_token: string };

  const request: Shop['request'] = (path, init = {}) =>
    fetch(new URL(path, gatewayUrl()), {
      ...init,
      headers: { ...(init.headers as Record<string, string> | undefined), authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(10_000),
    });

  const json = async (path: string): Promise<unknown> => {
    const answer = await request(path);
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };

  return {
    customer,
    request,
    async place(order) {
      const key = `"${randomUUID()}"`;
      const deadline = performance.now() + PATIENCE_MS;
      for (;;) {
        try {
          const answer = await request('/v1/orders', {
            method: 'POST',
            headers: { 'content-type': 'application/json', 'idempotency-key': key },
            body: JSON.stringify(order),
          });
          if (answer.status === 202) return ((await answer.json()) as OrderView).id;
          if (answer.status < 500 && answer.status !== 409) throw new Refused(answer.status, await answer.text());
        } catch (error) {
          if (error instanceof Refused || performance.now() > deadline) throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    view: (orderId) => json(`/v1/orders/${orderId}`) as Promise<OrderView>,
    async timeline(orderId) {
      return ((await json(`/v1/orders/${orderId}/timeline`)) as { items: TimelineEntry[] }).items;
    },
  };
}

/** The gateway said no, and would again. */
class Refused extends Error {
  constructor(status: number, body: string) {
    super(`refused: ${status} ${body}`);
  }
}
