import { newId } from '@dozen/kernel';
import { describeEntry } from './describe.js';
import * as entryData from './entry-data.js';

const orderId = newId();
const paymentId = newId();
const customer = { id: 'customer-7', email: 'ada@example.org', locale: 'en' };
const paymentToken = 'tok_secret';
const price = { amount: 1250, currency: 'EUR' };
const requested = [{ sku: 'MUG-1', quantity: 2 }];
const items = [{ sku: 'MUG-1', name: 'Mug', quantity: 2, unitPrice: price }];
const payment = { orderId, aggregateVersion: 1, paymentId, amount: price };

const all = [
  entryData.orderRequested({ items: requested }),
  entryData.orderPlaced({ orderId, aggregateVersion: 1, customer, items, total: price, paymentToken }),
  entryData.orderConfirmed({ orderId, aggregateVersion: 2, customer, items, total: price }),
  entryData.orderRejected({
    orderId,
    aggregateVersion: 2,
    customer,
    items: requested,
    reason: 'ORD-OUT-OF-STOCK',
    detail: 'MUG-1 is sold out',
  }),
  entryData.cancellationRequested(),
  entryData.cancellationRefused({ orderId, customerId: customer.id, reason: 'ORD-CONFIRMED' }),
  entryData.orderCancelling({ orderId, aggregateVersion: 2, customer }),
  entryData.orderCancelled({ orderId, aggregateVersion: 3, customer, items, total: price }),
  entryData.orderCancelled({ orderId, aggregateVersion: 3, customer, items, total: price, refunded: price }),
  entryData.invoiceOpened({ ...payment, invoiceId: newId() }),
  entryData.paymentCaptured({ ...payment, providerReference: 'ch_1' }),
  entryData.paymentDeclined({ ...payment, reason: 'insufficient_funds' }),
  entryData.paymentVoided({ ...payment, reason: 'cancelled' }),
  entryData.paymentRefunded({ ...payment, providerReference: 'ch_1', reason: 'timed-out' }),
  entryData.mailSent({ orderId, aggregateVersion: 1, template: 'order-placed', messageId: '<m@dozen>' }),
];

describe('an entry in the timeline', () => {
  it.each(all)('$kind carries neither customer nor payment token, and nor does its sentence', (data) => {
    const text = JSON.stringify(data) + describeEntry(data);
    for (const secret of [customer.id, customer.email, paymentToken, 'ch_1']) expect(text).not.toContain(secret);
  });

  it('drops fields that a newer producer added inside items', () => {
    const widened = [{ ...requested[0], sku: 'MUG-1', quantity: 2, giftNote: 'for Ada' }];
    expect(JSON.stringify(entryData.orderRequested({ items: widened }))).not.toContain('Ada');
  });

  it('is described in one sentence with amounts', () => {
    expect(all.map(describeEntry)).toEqual([
      'Order requested: 2 × MUG-1',
      'Priced and stock reserved: €12.50',
      'Paid and confirmed: €12.50',
      'Rejected (ORD-OUT-OF-STOCK): MUG-1 is sold out',
      'Cancellation requested',
      'Cancellation refused: ORD-CONFIRMED',
      'Being cancelled: the payment is being voided',
      'Cancelled',
      'Cancelled, €12.50 refunded',
      'Invoice opened, €12.50 is being charged',
      'Payment of €12.50 captured',
      'Payment of €12.50 declined: insufficient_funds',
      'Payment of €12.50 voided: cancelled',
      'Payment of €12.50 refunded: timed-out',
      'Mail sent: order-placed',
    ]);
  });
});
