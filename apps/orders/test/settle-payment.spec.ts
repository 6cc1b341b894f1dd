import { PaymentCaptured, PaymentDeclined, PlaceOrder } from '@dozen/contracts';
import { type Money, newId } from '@dozen/kernel';
import { recordOf } from '@dozen/service-testing';
import { eventually } from '@dozen/testing';
import { order, startOrders, type TestOrders } from './support/orders.js';

let orders: TestOrders;

beforeAll(async () => {
  orders = await startOrders();
});

afterAll(() => orders.stop());

const euros = (amount: number): Money => ({ amount, currency: 'EUR' });

function captured(orderId: string, amount: Money) {
  return recordOf(PaymentCaptured, {
    orderId,
    aggregateVersion: 2,
    paymentId: newId(),
    amount,
    providerReference: 'ch_1',
  });
}

function declined(orderId: string, amount: Money) {
  return recordOf(PaymentDeclined, {
    orderId,
    aggregateVersion: 2,
    paymentId: newId(),
    amount,
    reason: 'card_declined',
  });
}

/** Places an order of one product with 10 units at 10,00 €. */
async function placed(sku: string, quantity: number) {
  await orders.addProduct({ sku, available: 10 });
  const command = order({ [sku]: quantity });
  await orders.send(recordOf(PlaceOrder, command));
  await orders.untilPublished(command.orderId, ['OrderPlaced']);
  return { ...command, total: euros(quantity * 1000) };
}

describe('a captured payment', () => {
  it('confirms the order and sells its stock, once', async () => {
    const { orderId, customer, total } = await placed('SOLD', 4);
    const event = captured(orderId, total);
    await orders.send(event, event, captured(orderId, total));

    const [, confirmed] = await orders.untilPublished(orderId, ['OrderPlaced', 'OrderConfirmed']);
    expect(confirmed?.payload).toEqual({
      orderId,
      aggregateVersion: 2,
      customer,
      items: [{ sku: 'SOLD', name: 'Name of SOLD', quantity: 4, unitPrice: euros(1000) }],
      total,
    });
    // A contradiction comes after them on their partition: once it is parked, they are handled.
    await orders.send(declined(orderId, total));
    expect(await orders.untilDeadLetter(orderId)).toMatchObject({
      code: 'ORD-PAYMENT-CONTRADICTS',
      blockedKey: orderId,
    });
    expect(await orders.deadLetters(orderId)).toHaveLength(1);
    await orders.untilPublished(orderId, ['OrderPlaced', 'OrderConfirmed']);
    expect(await orders.stock('SOLD')).toEqual({ available: 6, reserved: 0, sold: 4 });
  });

  it('of another amount than the total is parked, and sells nothing', async () => {
    const { orderId } = await placed('CHEAP', 2);
    await orders.send(captured(orderId, euros(1999)));
    expect(await orders.untilDeadLetter(orderId)).toMatchObject({ code: 'ORD-PAYMENT-AMOUNT' });
    expect(await orders.stock('CHEAP')).toEqual({ available: 8, reserved: 2, sold: 0 });
  });

  it('of an order that nobody placed is parked', async () => {
    const orderId = newId();
    await orders.send(captured(orderId, euros(1)));
    expect(await orders.untilDeadLetter(orderId)).toMatchObject({ code: 'ORD-PAYMENT-CONTRADICTS' });
  });
});

describe('a declined payment', () => {
  it('rejects the order, and the next one gets its units', async () => {
    const { orderId, customer, items, total } = await placed('BACK', 10);
    const event = declined(orderId, total);
    await orders.send(event, event);

    const [, rejected] = await orders.untilPublished(orderId, ['OrderPlaced', 'OrderRejected']);
    expect(rejected?.payload).toEqual({
      orderId,
      aggregateVersion: 2,
      customer,
      items,
      reason: 'ORD-PAYMENT-DECLINED',
      detail: 'The payment was declined: card_declined',
    });
    expect(await orders.stock('BACK')).toEqual({ available: 10, reserved: 0, sold: 0 });

    const next = order({ BACK: 10 });
    await orders.send(recordOf(PlaceOrder, next));
    await orders.untilPublished(next.orderId, ['OrderPlaced']);
    expect(await orders.stock('BACK')).toEqual({ available: 0, reserved: 10, sold: 0 });
    expect(await orders.published(orderId)).toHaveLength(2);
  });
});

describe('the movements of settled orders', () => {
  it('are folded into the level by the next reservation, also by one that finds too little', async () => {
    const { orderId, total } = await placed('FOLD', 3);
    await orders.send(captured(orderId, total));
    await orders.untilPublished(orderId, ['OrderPlaced', 'OrderConfirmed']);
    const rowsOf = (table: string) =>
      orders.dataSource.query<Record<string, string>[]>(`SELECT * FROM ${table} WHERE sku = 'FOLD'`);
    expect(await rowsOf('stock_movement')).toEqual([expect.objectContaining({ order_id: orderId, sold: '3' })]);
    expect(await orders.stock('FOLD')).toEqual({ available: 7, reserved: 0, sold: 3 });

    const greedy = order({ FOLD: 8 });
    await orders.send(recordOf(PlaceOrder, greedy));
    await orders.untilPublished(greedy.orderId, ['OrderRejected']);
    expect(await rowsOf('stock_movement')).toEqual([]);
    expect(await rowsOf('stock_level')).toEqual([{ sku: 'FOLD', available: '7', reserved: '0', sold: '3' }]);
    expect(await orders.stock('FOLD')).toEqual({ available: 7, reserved: 0, sold: 3 });
  });

  it('conserve every unit when many orders of crossing SKUs are placed and settled at once, without a deadlock', async () => {
    const skus = ['CROSS-A', 'CROSS-B', 'CROSS-C'];
    for (const sku of skus) await orders.addProduct({ sku, available: 150 });
    const commands = Array.from({ length: 120 }, (_, i) => {
      const [a = '', b = ''] = [skus[i % 3], skus[(i + 1 + (i % 2)) % 3]];
      return order({ [a]: 1 + (i % 3), [b]: 2 });
    });
    const final = new Set(['dozen.OrderConfirmed.v1', 'dozen.OrderRejected.v1']);
    for (let start = 0; start < commands.length; start += 20) {
      await orders.send(...commands.slice(start, start + 20).map((command) => recordOf(PlaceOrder, command)));
    }
    // Answers while others are still being placed: both consumers work on the same SKUs.
    await Promise.all(
      commands.map(async ({ orderId }, i) => {
        const [first] = await eventually(async () => {
          const events = await orders.published(orderId);
          expect(events).not.toEqual([]);
          return events;
        });
        if (first === undefined || final.has(first.type)) return;
        const total = first.payload['total'] as Money;
        await orders.send(i % 3 === 0 ? declined(orderId, total) : captured(orderId, total));
        await eventually(async () => expect(await orders.published(orderId)).toHaveLength(2));
      }),
    );

    const sold = new Map(skus.map((sku) => [sku, 0]));
    for (const { orderId, items } of commands) {
      const events = await orders.published(orderId);
      expect(final.has(events.at(-1)?.type ?? '')).toBe(true);
      expect(events.map(({ payload }) => payload['aggregateVersion'])).toEqual(events.map((_, i) => i + 1));
      if (events.at(-1)?.type !== 'dozen.OrderConfirmed.v1') continue;
      for (const { sku, quantity } of items) sold.set(sku, (sold.get(sku) ?? 0) + quantity);
    }
    for (const sku of skus) {
      const units = sold.get(sku) ?? 0;
      expect(await orders.stock(sku)).toEqual({ available: 150 - units, reserved: 0, sold: units });
    }
    expect(orders.logs.filter((line) => line.includes('40P01') || line.includes('deadlock'))).toEqual([]);
  });
});
