import { newId } from '@dozen/kernel';
import { startGateway, type TestGateway } from './support/gateway.js';

let gateway: TestGateway;
const placed: string[] = [];

beforeAll(async () => {
  gateway = await startGateway();
  for (let n = 0; n < 5; n++) {
    const { body } = await gateway.call('/v1/orders', {
      method: 'POST',
      headers: { 'idempotency-key': newId() },
      body: { items: [{ sku: `MUG-${n}`, quantity: 1 }], paymentToken: 'tok_ok' },
    });
    placed.unshift(String(body['id']));
  }
});

afterAll(() => gateway.stop());

async function page(query: string): Promise<{ ids: string[]; next: string | null }> {
  const { status, body } = await gateway.call(`/v1/orders?${query}`);
  expect(status).toBe(200);
  const { items, nextCursor } = body as { items: { id: string }[]; nextCursor: string | null };
  return { ids: items.map(({ id }) => id), next: nextCursor };
}

const cursorOf = (parts: unknown): string => Buffer.from(JSON.stringify(parts)).toString('base64url');

describe('GET /v1/orders', () => {
  it('lists the newest first', async () => {
    expect(await page('')).toEqual({ ids: placed, next: null });
  });

  it('goes through all pages without a gap or a repeat', async () => {
    const first = await page('limit=2');
    const second = await page(`limit=2&cursor=${first.next}`);
    const third = await page(`limit=2&cursor=${second.next}`);
    expect([first.ids, second.ids, third.ids]).toEqual([placed.slice(0, 2), placed.slice(2, 4), placed.slice(4)]);
    expect(third.next).toBeNull();
  });

  it('does not lose its place when several orders are of the same millisecond', async () => {
    await gateway.dataSource.query("UPDATE orders SET created_at = '2026-01-01T00:00:00.123Z'");
    const first = await page('limit=3');
    const rest = await page(`limit=3&cursor=${first.next}`);
    expect([...first.ids, ...rest.ids]).toEqual([...placed].sort().reverse());
  });

  it.each([
    ['a limit of 0', 'limit=0'],
    ['a limit of 101', 'limit=101'],
    ['a cursor that is noise', 'cursor=noise'],
    ['a cursor whose id is none', `cursor=${cursorOf(['2026-01-01T00:00:00Z', 'MUG-1'])}`],
    ['an unknown parameter', 'colour=red'],
  ])('refuses %s', async (_case, query) => {
    expect(await gateway.call(`/v1/orders?${query}`)).toMatchObject({
      status: 400,
      body: { code: 'HTTP-VALIDATION', errors: [{ in: 'query' }] },
    });
  });

  it.each(['0x10', '1e1', '%2010', '10%20', '', '1&limit=2', '1.0', '%D9%A3'])(
    'takes a limit in plain decimal, and not %s',
    async (limit) => {
      expect(await gateway.call(`/v1/orders?limit=${limit}`)).toMatchObject({
        status: 400,
        body: { code: 'HTTP-VALIDATION', errors: [{ in: 'query', parameter: 'limit' }] },
      });
    },
  );

  it.each(['1', '-000001-01-01T00:00:00Z', '0000-01-01', '+012345-01-01T00:00:00Z', 'Mon, 01 Jan 2026'])(
    'refuses a cursor whose time is %s, which JavaScript takes for one',
    async (time) => {
      expect((await gateway.call(`/v1/orders?cursor=${cursorOf([time, newId()])}`)).status).toBe(400);
    },
  );
});
