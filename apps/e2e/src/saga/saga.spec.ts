import type { PaymentOutcome } from '@dozen/orders/domain';
import { type Explored, explore } from '../../test/saga/explore.js';
import { advance, settle } from '../../test/saga/steps.js';
import { beginning, ORDER_ID, TOTAL, UNITS, type World } from '../../test/saga/world.js';

/**
 * The tables of orders and billing side by side, with topics that keep the order of their own messages and no other, a
 * provider whose answers get lost, a client who places and cancels when and as often as it likes.
 */
const found: Record<string, Explored> = {
  'a good card': explore(beginning({ wishes: { place: 2, cancel: 2 }, losses: 2 }), 'good'),
  'a bad card': explore(beginning({ wishes: { place: 2, cancel: 2 }, losses: 2 }), 'bad'),
};

const units = ({ available, reserved, sold }: World['stock']): number => available + reserved + sold;

describe.each(Object.entries(found))('every interleaving with %s', (_, { worlds, ends, steps, interleavings }) => {
  it('is looked at', () => {
    process.stdout.write(`saga: ${worlds.length} worlds, ${steps} steps, ${interleavings} interleavings\n`);
    expect(ends.length).toBeGreaterThan(0);
  });

  it('keeps every unit of stock, and takes money once at most', () => {
    const wrong = worlds.filter(
      ({ stock, provider, payment }) =>
        units(stock) !== 5 ||
        Math.min(stock.available, stock.reserved, stock.sold) < 0 ||
        (payment?.state === 'voided' && provider.charge === 'captured'),
    );
    expect(wrong).toEqual([]);
  });

  it('ends, with the order final and the payment final', () => {
    for (const { order, payment } of ends) {
      expect(['confirmed', 'rejected', 'cancelled']).toContain(order?.status);
      expect(['captured', 'declined', 'voided', 'refunded']).toContain(payment?.state);
    }
  });

  it('ends with the money at the provider, in the ledger and the goods gone, or with none of it', () => {
    for (const { order, payment, provider, stock, booked } of ends) {
      const confirmed = order?.status === 'confirmed';
      expect(provider.charge === 'captured').toBe(confirmed);
      expect(payment?.state === 'captured').toBe(confirmed);
      expect(stock).toEqual(
        confirmed ? { available: 5 - UNITS, reserved: 0, sold: UNITS } : { available: 5, reserved: 0, sold: 0 },
      );
      const expected = confirmed
        ? ['capture']
        : payment?.state === 'refunded' && booked.includes('capture')
          ? ['capture', 'refund']
          : ['cancellation'];
      expect(booked).toEqual(['invoice', ...expected]);
    }
  });

  it('ends in no other way for a message that comes again', () => {
    const words: PaymentOutcome[] = [
      { input: 'PaymentCaptured', orderId: ORDER_ID, amount: TOTAL },
      { input: 'PaymentDeclined', orderId: ORDER_ID, reason: 'card_declined' },
      { input: 'PaymentVoided', orderId: ORDER_ID, reason: 'cancelled' },
      { input: 'PaymentRefunded', orderId: ORDER_ID, reason: 'cancelled', amount: TOTAL },
    ];
    for (const end of ends) {
      for (const word of words) {
        try {
          expect(settle(end, word)).toEqual(end);
        } catch (error) {
          expect(error).toMatchObject({ code: 'ORD-PAYMENT-CONTRADICTS' });
        }
      }
      if (end.order?.status !== 'confirmed') expect(advance(end, { kind: 'OrderCancelling' })).toEqual(end);
      expect(advance(end, { kind: 'TimedOut' })).toEqual(end);
    }
  });
});

describe('the ways that an order can end', () => {
  it('are all there', () => {
    const ways = Object.values(found).flatMap(({ ends }) =>
      ends.map(({ order, payment }) => `${order?.status} ${payment?.state} ${payment?.voidReason ?? ''}`.trim()),
    );
    expect([...new Set(ways)].sort()).toEqual([
      'cancelled declined',
      'cancelled declined cancelled',
      'cancelled declined timed-out',
      'cancelled refunded cancelled',
      'cancelled refunded timed-out',
      'cancelled voided cancelled',
      'cancelled voided timed-out',
      'confirmed captured',
      'rejected declined',
      'rejected declined timed-out',
      'rejected refunded timed-out',
      'rejected voided timed-out',
    ]);
  });
});
