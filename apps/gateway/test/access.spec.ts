import { newId } from '@dozen/kernel';
import { type CallOptions, startGateway, type TestGateway } from './support/gateway.js';

let gateway: TestGateway;
let adasOrder: string;

beforeAll(async () => {
  gateway = await startGateway();
  const placed = await gateway.call('/v1/orders', post);
  adasOrder = String(placed.body['id']);
});

afterAll(() => gateway.stop());

const post = {
  method: 'POST',
  headers: { 'idempotency-key': 'first' },
  body: { items: [{ sku: 'MUG-1', quantity: 1 }], paymentToken: 'tok_ok' },
} as const;

const routes: readonly (readonly [string, () => string, CallOptions])[] = [
  ['POST /v1/orders', () => '/v1/orders', post],
  ['GET /v1/orders', () => '/v1/orders', {}],
  ['GET /v1/orders/{id}', () => `/v1/orders/${adasOrder}`, {}],
  ['GET /v1/orders/{id}/timeline', () => `/v1/orders/${adasOrder}/timeline`, {}],
  ['GET /v1/products', () => '/v1/products', {}],
];

describe.each(routes)('%s', (route, path, options) => {
  it.each([
    ['no token', null, 'AUTH-REQUIRED'],
    ['an expired token', { expiresIn: -120 }, 'AUTH-INVALID-TOKEN'],
    ['a token for another audience', { audience: 'elsewhere' }, 'AUTH-INVALID-TOKEN'],
    ['a token without an e-mail address', { email: '' }, 'AUTH-INVALID-TOKEN'],
  ])('answers 401 to %s', async (_case, as, code) => {
    const answer = await gateway.call(path(), { ...options, as });
    expect(answer).toMatchObject({ status: 401, body: { code, status: 401 } });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
  });

  it('wants the scope that fits, and no other', async () => {
    const [needed, other] = route.startsWith('POST')
      ? ['orders:write', 'orders:read']
      : ['orders:read', 'orders:write'];
    const anyTokenDoes = route === 'GET /v1/products';
    const refused = await gateway.call(path(), { ...options, as: { scope: other } });
    expect(refused.status).toBe(anyTokenDoes ? 200 : 403);
    if (!anyTokenDoes) expect(refused.body['code']).toBe('AUTH-SCOPE');
    expect((await gateway.call(path(), { ...options, as: { scope: needed } })).status).toBeLessThan(300);
  });
});

describe("someone else's order", () => {
  it.each(['', '/timeline'])('is answered like one that does not exist (%s)', async (suffix) => {
    const missing = await gateway.call(`/v1/orders/${newId()}${suffix}`, { as: { sub: 'bob' } });
    const adas = await gateway.call(`/v1/orders/${adasOrder}${suffix}`, { as: { sub: 'bob' } });
    expect(adas).toMatchObject({ status: 404, body: { code: 'GWY-ORDER-NOT-FOUND' } });
    expect({ ...adas.body, instance: '' }).toEqual({ ...missing.body, instance: '' });
  });

  it('is not in the list', async () => {
    const bobs = await gateway.call('/v1/orders', { as: { sub: 'bob' } });
    expect(bobs.body).toEqual({ items: [], nextCursor: null });
  });
});

describe('an order id that is none', () => {
  it('answers 400', async () => {
    const answer = await gateway.call('/v1/orders/17');
    expect(answer).toMatchObject({ status: 400, body: { code: 'HTTP-VALIDATION', errors: [{ in: 'path' }] } });
  });
});
