import { installSessions } from '@dozen/session';
import { createTestDatabase, eventually, TcpProxy } from '@dozen/testing';
import { EventSource } from './support/event-source.js';
import { type Answer, startGateway, type TestGateway } from './support/gateway.js';

let gateway: TestGateway;
let proxy: TcpProxy;
let store: Awaited<ReturnType<typeof createTestDatabase>>;

beforeAll(async () => {
  store = await createTestDatabase();
  const url = new URL(store.url);
  const { port } = url;
  proxy = await TcpProxy.start(() => Number(port));
  url.port = String(proxy.port);
  // Without its table the gateway would not be ready.
  await installSessions(store.url);
  gateway = await startGateway({ env: { SESSION_STORE_URL: url.href, TRUSTED_PROXY_HOPS: '1' } });
});

afterAll(async () => {
  await gateway.stop();
  await proxy.stop();
  await store.drop();
});

/** `name=value` of the cookie that an answer sets. */
function cookieOf(answer: Answer): string {
  return (answer.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
}

const begin = (): Promise<Answer> => gateway.call('/v1/session', { method: 'POST' });
const withCookie = (cookie: string, headers: Record<string, string> = {}) => ({
  as: null,
  headers: { cookie, ...headers },
});

describe('a session', () => {
  it('is begun with a token, for as long as that lasts, by a cookie that no script reads', async () => {
    const begun = await begin();
    expect(begun).toMatchObject({ status: 201, body: { customerId: 'ada', scopes: ['orders:read', 'orders:write'] } });
    const cookie = begun.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^dozen-session=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/);
    const expires = Date.parse(/Expires=([^;]+)/.exec(cookie)?.[1] ?? '');
    expect(Math.abs(expires - Date.parse(String(begun.body['endsAt'])))).toBeLessThan(1_000);
  });

  it('stands for the token: in a read, in an order, in an event stream, at another process', async () => {
    const cookie = cookieOf(await begin());
    expect((await gateway.call('/v1/session', withCookie(cookie))).body).toMatchObject({ customerId: 'ada' });
    const placed = await gateway.call('/v1/orders', {
      method: 'POST',
      ...withCookie(cookie, { 'idempotency-key': '"by-cookie"' }),
      body: { items: [{ sku: 'MUG-1', quantity: 1 }], paymentToken: 'tok_ok' },
    });
    expect(placed.status).toBe(202);
    const path = `/v1/orders/${String(placed.body['id'])}`;
    const events = await EventSource.open(new URL(`${path}/events`, gateway.url), { cookie });
    expect(await events.until(1)).toHaveLength(1);
    events.close();
    const sibling = await gateway.sibling();
    try {
      expect((await sibling.call(path, withCookie(cookie))).status).toBe(200);
    } finally {
      await sibling.stop();
    }
  });

  it('has no more rights than its token', async () => {
    const cookie = cookieOf(await gateway.call('/v1/session', { method: 'POST', as: { scope: 'orders:read' } }));
    expect((await gateway.call('/v1/orders', withCookie(cookie))).status).toBe(200);
    const refused = await gateway.call('/v1/orders', { method: 'POST', ...withCookie(cookie), body: {} });
    expect(refused).toMatchObject({ status: 403, body: { code: 'AUTH-SCOPE' } });
  });

  it('ends with its token', async () => {
    const cookie = cookieOf(await gateway.call('/v1/session', { method: 'POST', as: { expiresIn: 2 } }));
    expect((await gateway.call('/v1/session', withCookie(cookie))).status).toBe(200);
    await eventually(async () => {
      expect((await gateway.call('/v1/session', withCookie(cookie))).body).toMatchObject({ code: 'AUTH-REQUIRED' });
    });
  });

  it('is over when it is ended, and when another one is begun in its place', async () => {
    const first = cookieOf(await begin());
    const second = cookieOf(await gateway.call('/v1/session', { method: 'POST', headers: { cookie: first } }));
    expect((await gateway.call('/v1/session', withCookie(first))).status).toBe(401);
    const ended = await gateway.call('/v1/session', { method: 'DELETE', ...withCookie(second) });
    expect(ended.status).toBe(204);
    expect(ended.headers.get('set-cookie')).toMatch(/^dozen-session=; Path=\/; Expires=Thu, 01 Jan 1970/);
    expect((await gateway.call('/v1/session', withCookie(second))).status).toBe(401);
    expect((await gateway.call('/v1/session', { method: 'DELETE', ...withCookie(second) })).status).toBe(204);
  });

  it('cannot be begun without a token', async () => {
    const made = await gateway.call('/v1/session', {
      method: 'POST',
      ...withCookie(`dozen-session=${'x'.repeat(43)}`),
    });
    expect(made).toMatchObject({ status: 401, body: { code: 'AUTH-REQUIRED' } });
    expect(made.headers.get('set-cookie')).toBeNull();
  });

  it.each([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.test' },
    { origin: 'null' },
  ])('changes nothing for a page of another origin (%p)', async (headers) => {
    const cookie = cookieOf(await begin());
    for (const method of ['POST', 'DELETE'] as const) {
      const refused = await gateway.call('/v1/session', { method, ...withCookie(cookie, headers) });
      expect(refused).toMatchObject({ status: 403, body: { code: 'AUTH-CROSS-ORIGIN' } });
    }
    expect((await gateway.call('/v1/session', withCookie(cookie, headers))).status).toBe(200);
  });

  it.each([{ 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'none' }])(
    'changes things for our own pages (%p)',
    async (headers) => {
      const cookie = cookieOf(await begin());
      expect((await gateway.call('/v1/session', { method: 'DELETE', ...withCookie(cookie, headers) })).status).toBe(
        204,
      );
      expect((await gateway.call('/v1/session', withCookie(cookie))).status).toBe(401);
    },
  );

  it('cannot begin another: that takes a token', async () => {
    const cookie = cookieOf(await begin());
    const refused = await gateway.call('/v1/session', { method: 'POST', ...withCookie(cookie) });
    expect(refused).toMatchObject({ status: 401, body: { code: 'AUTH-REQUIRED' } });
    expect(refused.headers.get('set-cookie')).toBeNull();
    expect((await gateway.call('/v1/session', withCookie(cookie))).status).toBe(200);
  });

  it('is kept to TLS and to this host where a proxy says that the request came by TLS', async () => {
    const tls = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.1' };
    const begun = await gateway.call('/v1/session', { method: 'POST', headers: tls });
    expect(begun.headers.get('set-cookie')).toMatch(/^__Host-dozen-session=.*; Secure/);
    expect((await gateway.call('/v1/session', withCookie(cookieOf(begun), tls))).status).toBe(200);
  });

  it('is refused with 503 while its store is away; who has a token does not notice', async () => {
    const cookie = cookieOf(await begin());
    proxy.refuse(true);
    try {
      const refused = await gateway.call('/v1/orders', withCookie(cookie));
      expect(refused).toMatchObject({ status: 503, body: { code: 'SESSION-UNAVAILABLE' } });
      expect(refused.headers.get('retry-after')).toBe('2');
      expect((await gateway.call('/v1/orders')).status).toBe(200);
    } finally {
      proxy.refuse(false);
    }
    await eventually(async () => {
      expect((await gateway.call('/v1/orders', withCookie(cookie))).status).toBe(200);
    });
  });
});
