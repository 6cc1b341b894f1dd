import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { ProductSnapshot } from '@dozen/contracts';
import { UnitsOfWork } from '@dozen/database';
import { newId } from '@dozen/kernel';
import type { OutgoingRecord } from '@dozen/messaging';
import { recordOf } from '@dozen/service-testing';
import { eventually } from '@dozen/testing';
import fc from 'fast-check';
import { PostgresProducts } from '../src/adapters/postgres/postgres-products.js';
import { startGateway, type TestGateway } from './support/gateway.js';

let gateway: TestGateway;

beforeAll(async () => {
  // So short that a test need not wait for it.
  gateway = await startGateway({ processTypes: 'web,consumer', env: { PRODUCTS_TTL_MS: '50' } });
});

afterAll(() => gateway.stop());

const price = { amount: 1250, currency: 'EUR' };
const newSku = () => `T-${newId().slice(-12).toUpperCase()}`;

async function publish(...records: OutgoingRecord[]): Promise<void> {
  const producer = await gateway.broker.producer({ timeoutMs: 10_000 });
  for (const one of records) await producer.send([one], { timeoutMs: 10_000 });
  await producer.close();
}

const list = (headers: Record<string, string> = {}) => gateway.call('/v1/products?limit=100', { headers });

async function shown(sku: string): Promise<unknown> {
  return ((await list()).body['items'] as { sku: string }[]).find((one) => one.sku === sku);
}

describe('the products that a gateway knows', () => {
  const sku = newSku();
  const snapshot = (version: number, name: string, more: Partial<ProductSnapshot> = {}) =>
    recordOf(ProductSnapshot, { sku, version, name, price, ...more });

  it('are the highest version of each, and never go back', async () => {
    await publish(snapshot(2, 'Mug'), snapshot(1, 'Old mug'), snapshot(3, 'Blue mug'), snapshot(2, 'Mug'));
    await eventually(async () => {
      expect(await shown(sku)).toEqual({ sku, version: 3, name: 'Blue mug', price, availability: null });
    });
  });

  it('are shown with what is to be had of them, and no more once they are withdrawn, until they come back', async () => {
    await publish(snapshot(4, 'Blue mug', { availability: 'low' }));
    await eventually(async () => {
      expect(await shown(sku)).toMatchObject({ version: 4, availability: 'low' });
    });
    await publish(snapshot(5, 'Blue mug', { availability: 'withdrawn' }));
    await eventually(async () => {
      expect(await shown(sku)).toBeUndefined();
    });
    await publish(snapshot(4, 'Blue mug', { availability: 'low' }), snapshot(6, 'Mug', { availability: 'in-stock' }));
    await eventually(async () => {
      expect(await shown(sku)).toMatchObject({ version: 6, availability: 'in-stock' });
    });
  });

  it('stay where they are in the list when they change', async () => {
    const [first, second] = [newSku(), newSku()];
    const publishOne = async (one: string, version: number): Promise<void> => {
      await publish(recordOf(ProductSnapshot, { sku: one, version, name: `Version ${version}`, price }));
      await eventually(async () => {
        expect(await shown(one)).toMatchObject({ version });
      });
    };
    await publishOne(first, 1);
    await publishOne(second, 1);
    await publishOne(first, 2);
    const skus = ((await list()).body['items'] as { sku: string }[]).map((one) => one.sku);
    expect(skus.indexOf(first)).toBe(skus.indexOf(second) + 1);
  });

  it('come back by a republication after the table was emptied', async () => {
    const before = await shown(sku);
    await gateway.dataSource.query('DELETE FROM products WHERE sku = $1', [sku]);
    await eventually(async () => {
      expect(await shown(sku)).toBeUndefined();
    });
    await publish(snapshot(6, 'Mug', { availability: 'in-stock' }));
    await eventually(async () => {
      expect(await shown(sku)).toEqual(before);
    });
  });

  it('are the same in whatever order, and however often, snapshots come', async () => {
    const products = new PostgresProducts(gateway.dataSource);
    const units = gateway.get(UnitsOfWork);
    const version = fc.integer({ min: 1, max: 6 });
    await fc.assert(
      fc.asyncProperty(fc.array(version, { minLength: 1, maxLength: 12 }), async (versions) => {
        const one = newSku();
        for (const each of versions) {
          const name = `Name ${each}`;
          const availability = each % 2 === 0 ? 'low' : undefined;
          await units.run((unit) => products.keep(unit, { sku: one, version: each, name, price, availability }));
        }
        const highest = Math.max(...versions);
        const [row]: unknown[] = await gateway.dataSource.query(
          'SELECT version, name, availability FROM products WHERE sku = $1',
          [one],
        );
        const availability = highest % 2 === 0 ? 'low' : null;
        expect(row).toEqual({ version: highest, name: `Name ${highest}`, availability });
        await gateway.dataSource.query('DELETE FROM products WHERE sku = $1', [one]);
      }),
      { numRuns: 40 },
    );
  });
});

describe('GET /v1/products', () => {
  it('answers 304 without a body to a client that has it, and 200 again after a change', async () => {
    const sku = newSku();
    await publish(recordOf(ProductSnapshot, { sku, version: 1, name: 'Cup', price }));
    await eventually(async () => {
      expect(await shown(sku)).toBeDefined();
    });
    const { headers, text } = await list();
    const etag = headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(headers.get('cache-control')).toBe('private, no-cache');
    const unchanged = await list({ 'if-none-match': etag });
    expect(unchanged).toMatchObject({ status: 304, text: '' });
    expect(unchanged.headers.get('etag')).toBe(etag);
    expect(unchanged.headers.get('cache-control')).toBe('private, no-cache');

    const another = { amount: 900, currency: 'CHF' };
    await publish(recordOf(ProductSnapshot, { sku, version: 2, name: 'Green cup', price: another }));
    await eventually(async () => {
      expect(await list({ 'if-none-match': etag })).toMatchObject({ status: 200 });
    });
    expect(await shown(sku)).toMatchObject({ version: 2, name: 'Green cup', price: another });
    expect((await list()).text).not.toBe(text);
  });

  it('is the same to the byte for every customer and from every process', async () => {
    const sibling = await gateway.sibling();
    const [ada, bob] = await Promise.all([
      list(),
      sibling.call('/v1/products?limit=100', { as: { sub: 'bob', scope: '' } }),
    ]);
    await sibling.stop();
    expect(bob.status).toBe(200);
    expect([bob.text, bob.headers.get('etag')]).toEqual([ada.text, ada.headers.get('etag')]);
    expect((await gateway.call('/v1/products', { as: null })).status).toBe(401);
  });

  it('goes through all pages without a gap or a repeat', async () => {
    const skus: string[] = [];
    for (let cursor: unknown = ''; typeof cursor === 'string';) {
      const query = cursor === '' ? '' : `&cursor=${cursor}`;
      const { body } = await gateway.call(`/v1/products?limit=1${query}`);
      skus.push(...(body['items'] as { sku: string }[]).map(({ sku }) => sku));
      cursor = body['nextCursor'];
    }
    const all = (await list()).body['items'] as { sku: string }[];
    expect(skus).toEqual(all.map(({ sku }) => sku));
    expect(skus.length).toBeGreaterThan(1);
  });

  it('refuses a cursor of another list', async () => {
    const cursor = Buffer.from(JSON.stringify(['2026-01-01T00:00:00Z', 'not a sku'])).toString('base64url');
    expect((await gateway.call(`/v1/products?cursor=${cursor}`)).status).toBe(400);
  });
});

describe('the cache of the list', () => {
  let other: TestGateway;

  afterEach(async () => {
    await other.stop();
  });

  async function startWith(env: Readonly<Record<string, string>>) {
    other = await startGateway({ env: { PRODUCTS_TTL_MS: '60000', ...env } });
    await other.dataSource.query(
      "INSERT INTO products (sku, version, name, price_amount, price_currency) VALUES ('CUP', 1, 'Cup', 1250, 'EUR')",
    );
    return jest.spyOn(PostgresProducts.prototype, 'list');
  }

  afterEach(() => jest.restoreAllMocks());

  it('makes one query of 200 requests at once, and none of those that follow, in any process', async () => {
    const queries = await startWith({});
    const sibling = await other.sibling();
    const answers = await Promise.all(Array.from({ length: 200 }, () => other.call('/v1/products')));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect((await sibling.call('/v1/products')).text).toBe(answers[0]?.text);
    expect(queries).toHaveBeenCalledTimes(1);
    await sibling.stop();
  });

  it('has no entry for cursors, which anybody can make up', async () => {
    await startWith({});
    const cursor = Buffer.from(JSON.stringify(['2099-01-01T00:00:00Z', 'MADE-UP'])).toString('base64url');
    expect((await other.call(`/v1/products?cursor=${cursor}`)).body).toMatchObject({ items: [{ sku: 'CUP' }] });
    await other.call('/v1/products?limit=7');
    const keys: unknown = await other.dataSource.query('SELECT key FROM cache.entries');
    expect(keys).toEqual([{ key: 'gateway:products:1:7' }]);
  });

  it.each(['redis://127.0.0.1:1', 'postgres://nobody@127.0.0.1:1/none'])(
    'may be away (%s): the list is there, the gateway is ready, and the log says so once',
    async (url) => {
      const queries = await startWith({ CACHE_URL: url });
      for (let asked = 1; asked <= 5; asked += 1) {
        expect(await other.call('/v1/products')).toMatchObject({ status: 200, body: { items: [{ sku: 'CUP' }] } });
        expect(queries).toHaveBeenCalledTimes(asked);
      }
      expect((await other.call('/readyz', { as: null })).status).toBe(200);
      await sleep(1_200);
      expect((await other.call('/v1/products')).status).toBe(200);
      expect(other.logs.filter((line) => line.includes('the cache fails'))).toHaveLength(1);
    },
  );
});
