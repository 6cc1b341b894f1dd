import type { PlaceOrder as Command } from '@dozen/contracts';
import { newId } from '@dozen/kernel';
import { PlaceOrder } from '../src/application/place-order.js';
import { Orders } from '../src/application/ports.js';
import { SettlePayment } from '../src/application/settle-payment.js';
import { acceptOrder, type PaymentOutcome, refuseOrder } from '../src/domain/order.js';
import { unknownSkus } from '../src/domain/refusal.js';
import { order, startOrders, type TestOrders } from './support/orders.js';

let orders: TestOrders;

beforeAll(async () => {
  orders = await startOrders();
});

afterAll(() => orders.stop());

/**
 * Runs the work as the handlers of one batch: side by side in one transaction. Resolves with the errors of those that failed.
 */
function place(...commands: readonly Command[]): Promise<unknown[]> {
  return orders.units.run((unit) => failures(commands.map((one) => orders.app.get(PlaceOrder).run(unit, one))));
}

function settle(...outcomes: readonly PaymentOutcome[]): Promise<unknown[]> {
  return orders.units.run((unit) => failures(outcomes.map((one) => orders.app.get(SettlePayment).run(unit, one))));
}

async function failures(work: readonly Promise<void>[]): Promise<unknown[]> {
  const settled = await Promise.allSettled(work);
  return settled.filter((one) => one.status === 'rejected').map(({ reason }): unknown => reason);
}

/** An order of so many units of one product, of a customer of its own. */
async function orderOf(sku: string, { amount, quantity }: { amount: number; quantity: number }) {
  await orders.addProduct({ sku, available: 10, amount });
  const customer = { id: `c-${sku}`, email: `${sku.toLowerCase()}@example.com`, locale: 'de' };
  return {
    command: order({ [sku]: quantity }, { customer, paymentToken: `tok_${sku}` }),
    line: { sku, name: `Name of ${sku}`, quantity, unitPrice: { amount, currency: 'EUR' } },
    total: { amount: amount * quantity, currency: 'EUR' },
  };
}

async function lastOf(orderId: string) {
  return (await orders.published(orderId)).at(-1);
}

describe('orders that are handled together', () => {
  it('are placed each with its own customer, lines and prices, or refused for its own reason', async () => {
    const [a, b] = [
      await orderOf('PAIR-A', { amount: 100, quantity: 1 }),
      await orderOf('PAIR-B', { amount: 250, quantity: 3 }),
    ];
    const unknown = order({ 'PAIR-NONE': 1 });
    expect(await place(a.command, unknown, b.command)).toEqual([]);

    for (const { command, line, total } of [a, b]) {
      const { orderId, customer, paymentToken } = command;
      expect(await orders.published(orderId)).toMatchObject([
        { type: 'dozen.OrderPlaced.v1', payload: { orderId, customer, items: [line], total, paymentToken } },
      ]);
      expect(await orders.dataSource.query('SELECT * FROM orders WHERE id = $1', [orderId])).toMatchObject([
        {
          status: 'placed',
          version: 1,
          customer_id: customer.id,
          customer_email: customer.email,
          customer_locale: customer.locale,
          items: [line],
          total_amount: String(total.amount),
          total_currency: 'EUR',
          rejection_reason: null,
          rejection_detail: null,
        },
      ]);
    }
    expect(await orders.published(unknown.orderId)).toMatchObject([
      { type: 'dozen.OrderRejected.v1', payload: { detail: 'Not in the catalogue: PAIR-NONE' } },
    ]);
    expect(await orders.dataSource.query('SELECT * FROM orders WHERE id = $1', [unknown.orderId])).toMatchObject([
      { status: 'rejected', items: unknown.items, total_amount: null, rejection_reason: 'ORD-UNKNOWN-SKU' },
    ]);
  });

  it('are kept each as it is', async () => {
    const request = (n: number) => ({
      id: newId(),
      contentHash: `hash ${n}`,
      customer: { id: `c-${n}`, email: `${n}@example.com`, locale: n === 1 ? 'de' : 'en' },
      items: [{ sku: `KEPT-${n}`, quantity: n }],
    });
    const quote = (n: number, currency: string) => ({
      items: [{ sku: `KEPT-${n}`, quantity: n, name: `Kept ${n}`, unitPrice: { amount: 100, currency } }],
      total: { amount: 100 * n, currency },
    });
    const kept = [
      acceptOrder(request(1), quote(1, 'EUR')).order,
      refuseOrder(request(2), unknownSkus(['KEPT-2'])).order,
      { ...acceptOrder(request(3), quote(3, 'USD')).order, version: 7 },
    ];
    const port = orders.app.get(Orders);
    await orders.units.run((unit) => Promise.all(kept.map((one) => port.add(unit, one))));
    const ids = [...kept.map(({ id }) => id), newId()];
    for (const read of ['find', 'lock'] as const) {
      const found = await orders.units.run((unit) => Promise.all(ids.map((id) => port[read](unit, id))));
      expect(found).toEqual([...kept, undefined]);
    }
  });

  it('are known again each by its own content', async () => {
    const [a, b] = [
      await orderOf('KNOWN-A', { amount: 100, quantity: 1 }),
      await orderOf('KNOWN-B', { amount: 250, quantity: 1 }),
    ];
    const fresh = order({ 'KNOWN-A': 1 });
    await place(a.command, b.command);
    const failed = await place({ ...a.command, paymentToken: 'tok_other' }, fresh, b.command);
    expect(failed).toMatchObject([{ code: 'ORD-DUPLICATE', details: { orderId: a.command.orderId } }]);
    for (const { orderId } of [a.command, fresh, b.command]) {
      expect(await orders.published(orderId)).toMatchObject([{ type: 'dozen.OrderPlaced.v1', payload: { orderId } }]);
    }
    expect(await orders.stock('KNOWN-B')).toEqual({ available: 9, reserved: 1, sold: 0 });
  });

  it('are settled each by its own payment', async () => {
    const [sold, freed] = [
      await orderOf('SETTLED-A', { amount: 100, quantity: 1 }),
      await orderOf('SETTLED-B', { amount: 250, quantity: 3 }),
    ];
    const nobodys = newId();
    await place(sold.command, freed.command);
    const failed = await settle(
      { input: 'PaymentDeclined', orderId: freed.command.orderId, reason: 'card_declined' },
      { input: 'PaymentCaptured', orderId: nobodys, amount: sold.total },
      { input: 'PaymentCaptured', orderId: sold.command.orderId, amount: sold.total },
    );
    expect(failed).toMatchObject([{ code: 'ORD-PAYMENT-CONTRADICTS', details: { orderId: nobodys } }]);
    expect(await lastOf(sold.command.orderId)).toMatchObject({
      type: 'dozen.OrderConfirmed.v1',
      payload: { aggregateVersion: 2, customer: sold.command.customer, items: [sold.line], total: sold.total },
    });
    expect(await lastOf(freed.command.orderId)).toMatchObject({
      type: 'dozen.OrderRejected.v1',
      payload: { aggregateVersion: 2, customer: freed.command.customer, reason: 'ORD-PAYMENT-DECLINED' },
    });
    const ids = [sold.command.orderId, freed.command.orderId];
    expect(
      await orders.dataSource.query(
        'SELECT status, version, rejection_detail FROM orders WHERE id = ANY($1) ORDER BY id',
        [ids],
      ),
    ).toEqual([
      { status: 'confirmed', version: 2, rejection_detail: null },
      { status: 'rejected', version: 2, rejection_detail: 'The payment was declined: card_declined' },
    ]);
    expect(
      await orders.dataSource.query(
        'SELECT order_id, sku, sold::int, available::int FROM stock_movement WHERE order_id = ANY($1) ORDER BY order_id',
        [ids],
      ),
    ).toEqual([
      { order_id: ids[0], sku: 'SETTLED-A', sold: 1, available: 0 },
      { order_id: ids[1], sku: 'SETTLED-B', sold: 0, available: 3 },
    ]);
  });
});
