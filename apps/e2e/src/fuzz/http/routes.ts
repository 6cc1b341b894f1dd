/** One route of the gateway, as its documentation has it. Compared with the gateway's sources by a test. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `:id` stands for an order's id. */
  readonly path: string;
  /** `optional`: reached without a token, though a bad one is refused. `none`: nobody looks at tokens. */
  readonly auth: 'required' | 'optional' | 'none';
  readonly scope?: 'orders:read' | 'orders:write';
  readonly body?: 'order';
  readonly query?: 'page';
  /** Header fields that mean something here, besides those of every route. */
  readonly headers?: readonly ('idempotency-key' | 'prefer' | 'last-event-id' | 'if-none-match')[];
  /** The answer never ends by itself. */
  readonly stream?: true;
  /** Statuses of a legal request. */
  readonly good: readonly number[];
  /** How often it is chosen, relative to the others. */
  readonly weight: number;
}

const id = '/v1/orders/:id';

export const ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/orders',
    auth: 'required',
    scope: 'orders:write',
    body: 'order',
    headers: ['idempotency-key', 'prefer'],
    good: [202, 200],
    weight: 10,
  },
  { method: 'GET', path: '/v1/orders', auth: 'required', scope: 'orders:read', query: 'page', good: [200], weight: 4 },
  { method: 'GET', path: id, auth: 'required', scope: 'orders:read', good: [200], weight: 3 },
  { method: 'GET', path: `${id}/timeline`, auth: 'required', scope: 'orders:read', good: [200], weight: 3 },
  {
    method: 'GET',
    path: `${id}/events`,
    auth: 'required',
    scope: 'orders:read',
    headers: ['last-event-id'],
    stream: true,
    good: [200],
    weight: 4,
  },
  {
    method: 'POST',
    path: `${id}/cancellation`,
    auth: 'required',
    scope: 'orders:write',
    headers: ['prefer'],
    // Final already: it cannot be cancelled any more.
    good: [202, 200, 409],
    weight: 4,
  },
  {
    method: 'GET',
    path: '/v1/products',
    auth: 'required',
    query: 'page',
    headers: ['if-none-match'],
    good: [200, 304],
    weight: 3,
  },
  { method: 'POST', path: '/v1/session', auth: 'required', good: [201], weight: 3 },
  { method: 'GET', path: '/v1/session', auth: 'required', good: [200], weight: 2 },
  { method: 'DELETE', path: '/v1/session', auth: 'optional', good: [204], weight: 2 },
  { method: 'GET', path: '/livez', auth: 'none', good: [200], weight: 1 },
  { method: 'GET', path: '/readyz', auth: 'none', good: [200], weight: 1 },
  { method: 'GET', path: '/startupz', auth: 'none', good: [200], weight: 1 },
  { method: 'GET', path: '/version', auth: 'none', good: [200], weight: 1 },
];

export function nameOf({ method, path }: Pick<Route, 'method' | 'path'>): string {
  return `${method} ${path}`;
}
