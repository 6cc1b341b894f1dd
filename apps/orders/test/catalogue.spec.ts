import { CancelOrder, PaymentDeclined, PlaceOrder, ProductSnapshot } from '@dozen/contracts';
import { newId } from '@dozen/kernel';
import { recordOf } from '@dozen/service-testing';
import { eventually } from '@dozen/testing';
import { PostgresStock } from '../src/adapters/postgres/postgres-stock.js';
import { Catalogue } from '../src/application/ports.js';
import { order, startOrders, type TestOrders } from './support/orders.js';

let orders: TestOrders;
const note = { by: 'grace', why: 'spring sale' };

beforeAll(async () => {
  orders = await startOrders();
});

afterAll(() => orders.stop());

/** The snapshots of a product, as their readers take them. */
async function snapshots(sku: string): Promise<ProductSnapshot[]> {
  return (await orders.published(sku)).map(({ payload }) => ProductSnapshot.schema.parse(payload));
}

const heard = async (sku: string) => (await snapshots(sku)).map(({ version, availability }) => [version, availability]);

describe('the catalogue', () => {
  it('sets a price: a snapshot at the next version, and who and why', async () => {
    await orders.addProduct({ sku: 'PRICE-1', available: 50, amount: 1000 });
    await orders.admin('catalogue set-price', { sku: 'PRICE-1', amount: 800, currency: 'EUR', ...note });
    expect((await snapshots('PRICE-1')).at(-1)).toEqual({
      sku: 'PRICE-1',
      version: 2,
      name: 'Name of PRICE-1',
      price: { amount: 800, currency: 'EUR' },
      availability: 'in-stock',
    });
    expect((await orders.admin('catalogue show', { sku: 'PRICE-1' })).json).toMatchObject({
      version: 2,
      stock: { available: 50, reserved: 0, sold: 0 },
      changes: [{ change: 'add' }, { change: 'set-price', facts: { price: { amount: 800 } }, ...note }],
    });
  });

  it('publishes nothing for a price that is so already', async () => {
    await orders.addProduct({ sku: 'PRICE-2', available: 50, amount: 1000 });
    await orders.admin('catalogue set-price', { sku: 'PRICE-2', amount: 1000, currency: 'EUR', ...note });
    expect(await heard('PRICE-2')).toEqual([[1, 'in-stock']]);
  });

  it('charges the price of the moment: an order from before keeps its own, one from after pays the new one', async () => {
    await orders.addProduct({ sku: 'PRICE-3', available: 50, amount: 1000 });
    const [before, after] = [order({ 'PRICE-3': 2 }), order({ 'PRICE-3': 2 })];
    await orders.send(recordOf(PlaceOrder, before));
    await orders.untilPublished(before.orderId, ['OrderPlaced']);
    await orders.admin('catalogue set-price', { sku: 'PRICE-3', amount: 700, currency: 'EUR', ...note });
    await orders.send(
      recordOf(PlaceOrder, after),
      recordOf(CancelOrder, { orderId: before.orderId, customerId: 'c-1' }),
    );
    const [placed] = await orders.untilPublished(after.orderId, ['OrderPlaced']);
    expect(placed?.payload).toMatchObject({ total: { amount: 1400 } });

    await orders.untilPublished(before.orderId, ['OrderPlaced', 'OrderCancelling']);
    await orders.send(
      recordOf(PaymentDeclined, {
        orderId: before.orderId,
        aggregateVersion: 2,
        paymentId: newId(),
        amount: { amount: 2000, currency: 'EUR' },
        reason: 'card_declined',
      }),
    );
    const events = await orders.untilPublished(before.orderId, ['OrderPlaced', 'OrderCancelling', 'OrderCancelled']);
    expect(events.at(-1)?.payload).toMatchObject({ total: { amount: 2000 } });
    // What was released is a movement yet, which no reservation has folded into the level.
    expect((await orders.admin('catalogue show', { sku: 'PRICE-3' })).json).toMatchObject({
      stock: { available: 48, reserved: 2, sold: 0 },
    });
  });

  it('sells a withdrawn product no more, and again once it is added', async () => {
    await orders.addProduct({ sku: 'GONE', available: 50 });
    await orders.admin('catalogue withdraw', { sku: 'GONE', ...note });
    const refused = order({ GONE: 1 });
    await orders.send(recordOf(PlaceOrder, refused));
    const [rejected] = await orders.untilPublished(refused.orderId, ['OrderRejected']);
    expect(rejected?.payload).toMatchObject({ reason: 'ORD-UNKNOWN-SKU' });
    const back = { sku: 'GONE', name: 'Back', amount: 1100, currency: 'CHF', units: 1 };
    await orders.admin('catalogue add', { ...back, ...note });
    expect(await heard('GONE')).toEqual([
      [1, 'in-stock'],
      [2, 'withdrawn'],
      [3, 'in-stock'],
    ]);
    expect((await snapshots('GONE')).at(-1)).toMatchObject({ name: 'Back', price: { amount: 1100, currency: 'CHF' } });
    expect(await orders.stock('GONE')).toMatchObject({ available: 51 });
  });

  it('tells of every change who made it and why, oldest first, and of none that was refused', async () => {
    const sku = 'TOLD';
    await orders.addProduct({ sku, available: 50, amount: 1000 });
    const change = (name: string, facts = {}) => orders.admin(`catalogue ${name}`, { sku, ...facts, ...note });
    await change('rename', { name: 'New name' });
    await change('set-price', { amount: 900, currency: 'EUR' });
    await change('restock', { units: 3 });
    await expect(change('write-off', { units: 54 })).rejects.toMatchObject({ code: 'ORD-STOCK-SHORT' });
    await change('write-off', { units: 2 });
    await change('withdraw');
    expect((await snapshots(sku)).at(-1)).toMatchObject({ name: 'New name', version: 4, availability: 'withdrawn' });
    expect((await orders.admin('catalogue show', { sku })).json).toMatchObject({
      changes: [
        { change: 'add', facts: { name: 'Name of TOLD', units: 50, price: { amount: 1000, currency: 'EUR' } } },
        { change: 'rename', facts: { name: 'New name' }, ...note },
        { change: 'set-price', facts: { price: { amount: 900, currency: 'EUR' } }, ...note },
        { change: 'restock', facts: { units: 3 }, ...note },
        { change: 'write-off', facts: { units: 2 }, ...note },
        { change: 'withdraw', facts: {}, ...note },
      ],
    });
  });

  it('gives each of several changes at once a version of its own', async () => {
    await orders.addProduct({ sku: 'AT-ONCE', available: 50 });
    const prices = [1, 2, 3, 4, 5, 6, 7, 8];
    await Promise.all(
      prices.map((amount) => orders.admin('catalogue set-price', { sku: 'AT-ONCE', amount, currency: 'EUR', ...note })),
    );
    const all = await snapshots('AT-ONCE');
    expect(all.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(new Set(all.map(({ price }) => price.amount))).toEqual(new Set([1000, ...prices]));
  });

  it('writes off beside an order: the one who comes second finds nothing left', async () => {
    await orders.addProduct({ sku: 'LAST', available: 1 });
    const late = order({ LAST: 1 });
    await orders.units.run(async (unit) => {
      await new PostgresStock().adjust(unit, 'LAST', -1);
      await orders.send(recordOf(PlaceOrder, late));
      // It waits for the lock before it looks at the stock. If it waited for the row itself, it would have looked already.
      await untilWaiting('advisory');
    });
    const [rejected] = await orders.untilPublished(late.orderId, ['OrderRejected']);
    expect(rejected?.payload).toMatchObject({ reason: 'ORD-OUT-OF-STOCK' });
    expect(await orders.deadLetters(late.orderId)).toEqual([]);
  });

  it('takes stock in and writes it off, and says when that makes a difference to customers', async () => {
    await orders.addProduct({ sku: 'STOCKED', available: 0 });
    const change = (name: string, units: number) =>
      orders.admin(`catalogue ${name}`, { sku: 'STOCKED', units, ...note });
    await change('restock', 5);
    await change('restock', 5);
    await change('restock', 20);
    await change('write-off', 30);
    await expect(change('write-off', 1)).rejects.toMatchObject({
      code: 'ORD-STOCK-SHORT',
      details: { units: 1, available: 0 },
    });
    expect(await heard('STOCKED')).toEqual([
      [1, 'sold-out'],
      [2, 'low'],
      [3, 'in-stock'],
      [4, 'sold-out'],
    ]);
    const { json } = await orders.admin('catalogue show', { sku: 'STOCKED' });
    expect(json).toMatchObject({ stock: { available: 0 }, changes: { length: 5 } });
  });

  it.each([
    ['add', { sku: 'MUG-BLUE', name: 'Mug', amount: 1, currency: 'EUR', units: 1 }, 'ORD-PRODUCT-EXISTS'],
    ['set-price', { sku: 'NONE', amount: 1, currency: 'EUR' }, 'ORD-NO-PRODUCT'],
    ['restock', { sku: 'NONE', units: 1 }, 'ORD-NO-PRODUCT'],
    ['show', { sku: 'NONE' }, 'ORD-NO-PRODUCT'],
  ])('refuses to %s %j', async (name, given, code) => {
    await expect(orders.admin(`catalogue ${name}`, { ...given, ...note })).rejects.toMatchObject({ code });
  });
});

describe('catalogue republish', () => {
  it('waits for a change that is at work: what it says then is the newer version, never the older one behind it', async () => {
    await orders.addProduct({ sku: 'BESIDE', available: 50 });
    let republished: Promise<unknown> = Promise.resolve();
    await orders.units.run(async (unit) => {
      await orders.app.get(Catalogue).lock(unit, ['BESIDE']);
      republished = orders.admin('catalogue republish');
      await untilWaiting('transactionid');
    });
    await republished;
    expect(await heard('BESIDE')).toEqual([
      [1, 'in-stock'],
      [1, 'in-stock'],
    ]);
  });

  it('says every product again, at the version that it has, in the order of versions also under changes', async () => {
    await orders.addProduct({ sku: 'AGAIN', available: 50 });
    // More than one transaction publishes.
    await orders.dataSource.query(
      `INSERT INTO product (sku, version, name, price_amount, currency, withdrawn, availability)
       SELECT 'BULK-' || n, 1, 'In bulk', 100, 'EUR', true, 'withdrawn' FROM generate_series(1, 600) AS n`,
    );
    const { count } = await only<{ count: number }>('SELECT count(*)::int AS count FROM product');
    const prices = async () => {
      for (let amount = 1; amount <= 20; amount += 1) {
        await orders.admin('catalogue set-price', { sku: 'AGAIN', amount, currency: 'EUR', ...note });
      }
    };
    const [first, second] = await Promise.all([
      orders.admin('catalogue republish'),
      orders.admin('catalogue republish'),
      prices(),
    ]);
    expect([first.json, second.json]).toEqual([{ published: count }, { published: count }]);
    const versions = (await snapshots('AGAIN')).map(({ version }) => version);
    expect(versions).toHaveLength(21 + 2);
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    expect((await snapshots('COFFEE-1KG')).map(({ version }) => version)).toEqual([1, 1, 1, 1]);
  });
});

/** Resolves when a session of this database waits for such a lock. */
async function untilWaiting(locktype: 'advisory' | 'transactionid'): Promise<void> {
  await eventually(async () => {
    const { waiting } = await only<{ waiting: number }>(
      `SELECT count(*)::int AS waiting FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)
       WHERE NOT l.granted AND l.locktype = '${locktype}' AND a.datname = current_database()`,
    );
    expect(waiting).toBeGreaterThan(0);
  });
}

async function only<T>(sql: string): Promise<T> {
  const [row]: T[] = await orders.dataSource.query(sql);
  if (row === undefined) throw new Error('no row');
  return row;
}
