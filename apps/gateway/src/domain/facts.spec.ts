import { newId } from '@dozen/kernel';
import { describeFact } from './describe.js';
import * as facts from './facts.js';

const orderId = newId();
const paymentId = newId();
const customer = { id: 'customer-7', email: 'ada@example.org', locale: 'en' };
const paymentToken = 'tok_secret';
const price = { amount: 1250, currency: 'EUR' };
const requested = [{ sku: 'MUG-1', quantity: 2 }];
const items = [{ sku: 'MUG-1', name: 'Mug', quantity: 2, unitPrice: price }];
const payment = { orderId, aggregateVersion: 1, paymentId, amount: price };

const all = [
  facts.orderRequested({ items: requested }),
  facts.orderPlaced({ orderId, aggregateVersion: 1, customer, items, total: price, paymentToken }),
  facts.orderConfirmed({ orderId, aggregateVersion: 2, customer, items, total: price }),
  facts.orderRejected({
    orderId,
    aggregateVersion: 2,
    customer,
    items: requested,
    reason: 'ORD-OUT-OF-STOCK',
    detail: 'MUG-1 is sold out',
  }),
  facts.cancellationRequested(),
  facts.cancellationRefused({ orderId, customerId: customer.id, reason: 'ORD-CONFIRMED' }),
  facts.orderCancelling({ orderId, aggregateVersion: 2, customer }),
  facts.orderCancelled({ orderId, aggregateVersion: 3, customer, items, total: price }),
  facts.orderCancelled({ orderId, aggregateVersion: 3, customer, items, total: price, refunded: price }),
  facts.invoiceOpened({ ...payment, invoiceId: newId() }),
  facts.paymentCaptured({ ...payment, providerReference: 'ch_1' }),
  facts.paymentDeclined({ ...payment, reason: 'insufficient_funds' }),
  facts.paymentVoided({ ...payment, reason: 'cancelled' }),
  facts.paymentRefunded({ ...payment, providerReference: 'ch_1', reason: 'timed-out' }),
  facts.mailSent({ orderId, aggregateVersion: 1, template: 'order-placed', messageId: '<m@dozen>' }),
];

describe('a fact in the timeline', () => {
  it.each(all)('$kind carries neither customer nor payment token, and nor does its sentence', (fact) => {
    const text = JSON.stringify(fact) + describeFact(fact);
    for (const secret of [customer.id, customer.email, paymentToken, 'ch_1']) expect(text).not.toContain(secret);
  });

  it('drops fields that a newer producer added inside items', () => {
    const widened = [{ ...requested[0], sku: 'MUG-1', quantity: 2, giftNote: 'for Ada' }];
    expect(JSON.stringify(facts.orderRequested({ items: widened }))).not.toContain('Ada');
  });

  it('is told in one sentence with amounts', () => {
    expect(all.map(describeFact)).toEqual([
      'Order requested: 2 × MUG-1',
      'Priced and stock reserved: €12.50',
      'Paid and confirmed: €12.50',
      'Rejected (ORD-OUT-OF-STOCK): MUG-1 is sold out',
      'Cancellation requested',
      'Cancellation refused: ORD-CONFIRMED',
      'Being cancelled: the payment is given up',
      'Cancelled',
      'Cancelled, €12.50 given back',
      'Invoice opened, €12.50 is being charged',
      'Payment of €12.50 captured',
      'Payment of €12.50 declined: insufficient_funds',
      'Payment of €12.50 given up: cancelled',
      'Payment of €12.50 given back: timed-out',
      'Mail sent: order-placed',
    ]);
  });
});
