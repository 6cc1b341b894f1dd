import { PaymentDeclined, PlaceOrder, ProductSnapshot } from '@dozen/contracts';
import { newId } from '@dozen/kernel';
import { recordOf } from '@dozen/service-testing';
import { eventually } from '@dozen/testing';
import { AnnounceAvailability } from '../src/application/announce-availability.js';
import { Catalogue } from '../src/application/ports.js';
import { order, startOrders, type TestOrders } from './support/orders.js';

let orders: TestOrders;

beforeAll(async () => {
  orders = await startOrders();
});

afterAll(() => orders.stop());

/** Version and availability of each snapshot of a product. */
async function heard(sku: string) {
  return (await orders.published(sku)).map(({ payload }) => {
    const { version, availability } = ProductSnapshot.schema.parse(payload);
    return [version, availability];
  });
}

describe('orders that use up the stock', () => {
  it('are not told of one by one: readers hear low, sold out, and low again when a card was declined', async () => {
    await orders.addProduct({ sku: 'SCARCE', available: 40 });
    const many = Array.from({ length: 20 }, () => order({ SCARCE: 2 }));
    await orders.send(...many.map((one) => recordOf(PlaceOrder, one)));
    await eventually(async () => {
      expect((await heard('SCARCE')).at(-1)?.[1]).toBe('sold-out');
    });
    const [first] = many;
    await orders.send(
      recordOf(PaymentDeclined, {
        orderId: first?.orderId ?? '',
        aggregateVersion: 2,
        paymentId: newId(),
        amount: { amount: 2000, currency: 'EUR' },
        reason: 'card_declined',
      }),
    );
    await eventually(async () => {
      expect((await heard('SCARCE')).at(-1)?.[1]).toBe('low');
    });
    const said = await heard('SCARCE');
    expect(said.length).toBeLessThanOrEqual(5);
    expect(said.map(([version]) => version)).toEqual(said.map((_one, index) => index + 1));
  });

  it('say it of a product that an earlier release put in', async () => {
    await orders.addProduct({ sku: 'EARLIER', available: 50 });
    await orders.dataSource.query(`UPDATE product SET availability = NULL WHERE sku = 'EARLIER'`);
    await eventually(async () => {
      expect(await heard('EARLIER')).toEqual([
        [1, 'in-stock'],
        [2, 'in-stock'],
      ]);
    });
  });

  it('are seen at the very unit from which on a product is low', async () => {
    await orders.addProduct({ sku: 'ELEVEN', available: 11 });
    await orders.send(recordOf(PlaceOrder, order({ ELEVEN: 1 })));
    await eventually(async () => {
      expect(await heard('ELEVEN')).toEqual([
        [1, 'in-stock'],
        [2, 'low'],
      ]);
    });
  });

  it('leave nothing to be said once it is said, whatever is in stock', async () => {
    for (const available of [0, 1, 9, 10, 11, 50]) {
      await orders.addProduct({ sku: `SAID-${available}`, available });
      await orders.addProduct({ sku: `HIDDEN-${available}`, available });
      await orders.admin('catalogue withdraw', { sku: `HIDDEN-${available}`, by: 'grace', why: 'winter' });
    }
    await eventually(async () => {
      expect(await orders.app.get(Catalogue).outdated(1_000)).toEqual([]);
    });
  });
});

describe('a look at the stock', () => {
  it('says everything that is due, each product once, also when two processes look at once', async () => {
    // A process that does not look by itself.
    const idle = await startOrders({ processTypes: 'jobs' });
    await idle.dataSource.query(`
      WITH p AS (
        INSERT INTO product (sku, version, name, price_amount, currency)
        SELECT 'DUE-' || n, 1, 'Due', 100, 'EUR' FROM generate_series(1, 250) AS n RETURNING sku
      )
      INSERT INTO stock_level (sku, available) SELECT sku, 50 FROM p`);
    const look = idle.app.get(AnnounceAvailability);
    await Promise.all([look.runOnce(), look.runOnce()]);
    const said: unknown = await idle.dataSource.query(
      `SELECT count(*)::int AS said, count(DISTINCT key)::int AS products FROM messaging.outbox WHERE key LIKE 'DUE-%'`,
    );
    await idle.stop();
    expect(said).toEqual([{ said: 250, products: 250 }]);
  });
});
