import { addMoney, money } from '@dozen/kernel';
import fc from 'fast-check';
import {
  acceptOrder,
  cancelOrder,
  type Change,
  type Order,
  type PaymentOutcome,
  refuseOrder,
  settleOrder,
} from './order.js';
import type { StockLevel, StockMovement } from './stock.js';

const id = '0198c6f0-0000-7000-8000-000000000001';
const total = money(750, 'EUR');
const request = {
  id,
  contentHash: 'abc',
  customer: { id: 'c-1', email: 'ada@example.com', locale: 'en' },
  items: [{ sku: 'A', quantity: 3 }],
};
const quote = { items: [{ sku: 'A', quantity: 3, name: 'Apple', unitPrice: money(250, 'EUR') }], total };
const captured: PaymentOutcome = { input: 'PaymentCaptured', orderId: id, amount: total };
const declined: PaymentOutcome = { input: 'PaymentDeclined', orderId: id, reason: 'card_declined' };

const placed = acceptOrder(request, quote).order;
const confirmed = settleOrder(placed, captured)?.order;
const rejected = settleOrder(placed, declined)?.order;
const cancelling: Order = { ...placed, status: 'cancelling', version: 2 };

/** What settleOrder throws, by code; otherwise what it says. */
function attempt(order: Order | undefined, outcome: PaymentOutcome): Change | string | undefined {
  try {
    return settleOrder(order, outcome);
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

describe('an order', () => {
  it('is placed at version 1 and reserves its lines', () => {
    expect(acceptOrder(request, quote)).toEqual({
      event: 'OrderPlaced',
      order: { ...request, status: 'placed', version: 1, quote, rejection: undefined },
      stock: [{ sku: 'A', available: -3, reserved: 3, sold: 0 }],
    });
  });

  it('is refused at version 1 with the reason, and moves no stock', () => {
    const rejection = { reason: 'ORD-OUT-OF-STOCK', detail: 'Not enough in stock: A' } as const;
    expect(refuseOrder(request, rejection)).toEqual({
      event: 'OrderRejected',
      order: { ...request, status: 'rejected', version: 1, quote: undefined, rejection },
      stock: [],
    });
  });

  it('is confirmed by a captured payment, and what was reserved is sold', () => {
    expect(settleOrder(placed, captured)).toEqual({
      event: 'OrderConfirmed',
      order: { ...placed, status: 'confirmed', version: 2 },
      stock: [{ sku: 'A', available: 0, reserved: -3, sold: 3 }],
    });
  });

  it('is rejected by a declined payment, and what was reserved is free again', () => {
    const rejection = { reason: 'ORD-PAYMENT-DECLINED', detail: 'The payment was declined: card_declined' };
    expect(settleOrder(placed, declined)).toEqual({
      event: 'OrderRejected',
      order: { ...placed, status: 'rejected', version: 2, rejection },
      stock: [{ sku: 'A', available: 3, reserved: -3, sold: 0 }],
    });
  });

  it.each([
    [{ input: 'PaymentVoided', reason: 'timed-out' }, 'ORD-PAYMENT-TIMED-OUT', undefined],
    [{ input: 'PaymentVoided', reason: 'provider' }, 'ORD-PAYMENT-DECLINED', undefined],
    [{ input: 'PaymentRefunded', reason: 'timed-out', amount: total }, 'ORD-PAYMENT-TIMED-OUT', total],
  ] as const)('is rejected by %j, with what was refunded', (outcome, reason, refunded) => {
    const settlement = settleOrder(placed, { ...outcome, orderId: id });
    expect(settlement).toMatchObject({ event: 'OrderRejected', order: { status: 'rejected', rejection: { reason } } });
    expect(settlement?.refunded).toEqual(refunded);
  });

  it('is being cancelled when its customer wants that, and its stock stays reserved until billing is through', () => {
    expect(cancelOrder(placed, 'c-1')).toEqual({
      kind: 'change',
      change: { event: 'OrderCancelling', order: { ...placed, status: 'cancelling', version: 2 }, stock: [] },
    });
    expect(settleOrder(cancelling, captured)).toBeUndefined();
    const refunded: PaymentOutcome = { input: 'PaymentRefunded', reason: 'cancelled', amount: total, orderId: id };
    expect(settleOrder(cancelling, refunded)).toEqual({
      event: 'OrderCancelled',
      order: { ...placed, status: 'cancelled', version: 3 },
      stock: [{ sku: 'A', available: 3, reserved: -3, sold: 0 }],
      refunded: total,
    });
  });

  it.each([
    ['nobody placed', undefined, 'c-1', 'ORD-UNKNOWN'],
    ['somebody else placed', placed, 'c-2', 'ORD-UNKNOWN'],
    ['is confirmed', confirmed, 'c-1', 'ORD-CONFIRMED'],
    ['is rejected', rejected, 'c-1', 'ORD-REJECTED'],
  ])('that %s is not cancelled, and the reason is told', (_, order, customer, reason) => {
    expect(cancelOrder(order, customer)).toEqual({ kind: 'refuse', reason });
  });

  it('is cancelled once', () => {
    expect(cancelOrder(cancelling, 'c-1')).toEqual({ kind: 'ignore' });
  });

  it('does nothing when the same outcome comes again', () => {
    expect(settleOrder(confirmed, captured)).toBeUndefined();
    expect(settleOrder(rejected, declined)).toBeUndefined();
  });

  it.each([
    ['an unknown order is paid', undefined, captured],
    ['a rejected order is paid', rejected, captured],
    ['a confirmed order is declined', confirmed, declined],
  ])('says ORD-PAYMENT-CONTRADICTS when %s', (_, order, outcome) => {
    expect(attempt(order, outcome)).toBe('ORD-PAYMENT-CONTRADICTS');
  });

  it.each([money(749, 'EUR'), money(750, 'USD')])('says ORD-PAYMENT-AMOUNT when %j was paid', (amount) => {
    expect(attempt(placed, { ...captured, input: 'PaymentCaptured', amount })).toBe('ORD-PAYMENT-AMOUNT');
  });
});

/** What stock_level, stock_movement and RESERVE do, as a model: a reservation that would go below 0 changes nothing. */
function apply(level: StockLevel, { available, reserved, sold }: StockMovement): StockLevel {
  return {
    available: level.available + available,
    reserved: level.reserved + reserved,
    sold: level.sold + sold,
  };
}

describe('stock and money over many orders', () => {
  const orders = fc.array(
    fc.record({ quantity: fc.integer({ min: 1, max: 20 }), outcomes: fc.array(fc.boolean(), { maxLength: 4 }) }),
    { maxLength: 30 },
  );

  it('keeps every unit and every cent: nothing negative, the sum constant, sold is what was paid for', () => {
    fc.assert(
      fc.property(fc.nat(100), orders, (available, plan) => {
        let level: StockLevel = { available, reserved: 0, sold: 0 };
        let paid = money(0, 'EUR');
        const open: { order: Order; outcomes: boolean[] }[] = [];
        const check = (): void => {
          expect(Math.min(level.available, level.reserved, level.sold)).toBeGreaterThanOrEqual(0);
          expect(level.available + level.reserved + level.sold).toBe(available);
        };
        for (const { quantity, outcomes } of plan) {
          const price = money(250 * quantity, 'EUR');
          const items = [{ sku: 'A', quantity }];
          const lines = [{ sku: 'A', quantity, name: 'Apple', unitPrice: money(250, 'EUR') }];
          const change = acceptOrder({ ...request, items }, { items: lines, total: price });
          const after = change.stock.reduce(apply, level);
          if (after.available < 0) continue;
          level = after;
          open.push({ order: change.order, outcomes });
          check();
        }
        for (const { order, outcomes } of open) {
          let current = order;
          for (const good of outcomes) {
            const amount = order.quote?.total ?? total;
            const result = attempt(current, good ? { ...captured, input: 'PaymentCaptured', amount } : declined);
            if (result === undefined || typeof result === 'string') continue;
            if (result.event === 'OrderConfirmed') paid = addMoney(paid, amount);
            current = result.order;
            level = result.stock.reduce(apply, level);
            check();
          }
        }
        expect(paid.amount).toBe(level.sold * 250);
      }),
    );
  });
});
