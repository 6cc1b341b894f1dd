import { setTimeout as sleep } from 'node:timers/promises';
import { DemoCode, demoError } from './errors.js';
import { POLICY } from './policy.js';

/** The demo's customer, as the identity tool puts them into tokens. */
const CUSTOMER = { sub: 'demo', email: 'demo@dozen.example', locale: 'en', scope: 'orders:read orders:write' };

/** What the demo reads of a timeline entry; the gateway's contract has more. */
export interface TimelineEntry {
  readonly time: string;
  readonly type: string;
  readonly source: string;
  readonly what: string;
}

/** What the demo reads of an order. */
interface OrderView {
  readonly status: string;
  readonly payment: { readonly status: string } | null;
  readonly rejection: { readonly reason: string; readonly detail: string } | null;
}

export interface PlacedOrder {
  readonly id: string;
  readonly status: string;
  readonly timeline: readonly TimelineEntry[];
  /** From the request until the last status was read, in ms. */
  readonly ms: number;
}

export interface NewOrder {
  readonly items: readonly { readonly sku: string; readonly quantity: number }[];
  readonly paymentToken: string;
}

/** A token for the demo's customer, from the identity tool: it lives for an hour. */
export async function demoToken(identityUrl: string): Promise<string> {
  const response = await fetch(new URL('/token', identityUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(CUSTOMER),
  });
  if (!response.ok) throw refused('Identity gave no token', response.status, await response.text());
  return ((await response.json()) as { access_token: string }).access_token;
}

export interface ShopOptions {
  readonly gatewayUrl: string;
  readonly token: string;
  readonly signal?: AbortSignal;
}

/** The gateway as a customer's program sees it. */
export class Shop {
  constructor(private readonly options: ShopOptions) {}

  /**
   * Places an order and reads its timeline until the order is confirmed; `onEntry` is told of each new entry.
   * Throws DEMO-ORDER when it is rejected, or not confirmed within the deadline.
   */
  async placeUntilConfirmed(order: NewOrder, onEntry: (entry: TimelineEntry) => void): Promise<PlacedOrder> {
    const began = performance.now();
    const id = await this.place(order);
    let shown = 0;
    for (;;) {
      const view = await this.read(`/v1/orders/${id}`);
      // Read second, so that it holds all that the view was made of.
      const timeline = await this.read(`/v1/orders/${id}/timeline`);
      const { status, payment, rejection } = view as OrderView;
      const { items } = timeline as { items: TimelineEntry[] };
      items.slice(shown).forEach(onEntry);
      shown = items.length;
      const ms = performance.now() - began;
      // Topics keep no order between them: the confirmation can be here before the payment that it is about.
      if (status === 'confirmed' && payment?.status === 'captured') return { id, status, timeline: items, ms };
      if (rejection !== null) throw notConfirmed(id, `rejected (${rejection.reason}): ${rejection.detail}`);
      if (ms > POLICY.orderDeadlineMs) {
        throw notConfirmed(
          id,
          `still ${status} after ${POLICY.orderDeadlineMs / 1000} s, ${items.length} entries in its timeline`,
        );
      }
      await sleep(
        POLICY.orderPollMs,
        undefined,
        this.options.signal === undefined ? {} : { signal: this.options.signal },
      );
    }
  }

  private async place(order: NewOrder): Promise<string> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() };
    const response = await this.request('/v1/orders', { method: 'POST', headers, body: JSON.stringify(order) });
    if (response.status !== 202) throw refused('The gateway took no order', response.status, await response.text());
    return ((await response.json()) as { id: string }).id;
  }

  private async read(path: string): Promise<unknown> {
    const response = await this.request(path);
    if (!response.ok) throw refused(`GET ${path} failed`, response.status, await response.text());
    return response.json();
  }

  private async request(path: string, init: { method?: string; headers?: Record<string, string>; body?: string } = {}) {
    const { gatewayUrl, token, signal } = this.options;
    const headers = { ...init.headers, authorization: `Bearer ${token}` };
    return fetch(new URL(path, gatewayUrl), { ...init, headers, ...(signal === undefined ? {} : { signal }) });
  }
}

function refused(what: string, status: number, body: string): Error {
  return demoError(DemoCode.order, { what: `${what}: ${status} ${body}`, todo: 'The logs of the services tell more.' });
}

function notConfirmed(id: string, why: string): Error {
  return demoError(DemoCode.order, {
    what: `The order ${id} was not confirmed: ${why}.`,
    todo: 'The logs of the services tell more; search them for the order id.',
    details: { id },
  });
}
