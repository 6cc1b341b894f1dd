import type { Shop } from '../../src/index.js';

/** Begins a session with the shop's token; resolves with its cookie, `name=value`. */
export async function sessionOf(shop: Shop): Promise<string> {
  const begun = await shop.request('/v1/session', { method: 'POST' });
  expect(begun.status).toBe(201);
  return begun.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
}

/** How the gateway answers who has this cookie and no token. */
export async function statusFor(gatewayUrl: string, cookie: string): Promise<number> {
  return (await fetch(new URL('/v1/orders', gatewayUrl), { headers: { cookie } })).status;
}
