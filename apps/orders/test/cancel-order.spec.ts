import {
  CancelOrder,
  PaymentCaptured,
  PaymentDeclined,
  PaymentRefunded,
  PaymentVoided,
  PlaceOrder,
} from '@dozen/contracts';
import { newId } from '@dozen/kernel';
import { recordOf } from '@dozen/service-testing';
import { order, startOrders, type TestOrders } from './support/orders.js';

let orders: TestOrders;

beforeAll(async () => {
  orders = await startOrders();
});

afterAll(() => orders.stop());

/** An order of 4 of 10 units at 10,00 €, placed. */
async function placed(sku: string) {
  await orders.addProduct({ sku, available: 10 });
  const command = order({ [sku]: 4 });
  await orders.send(recordOf(PlaceOrder, command));
  await orders.untilPublished(command.orderId, ['OrderPlaced']);
  return { ...command, total: { amount: 4000, currency: 'EUR' } };
}

type Placed = Awaited<ReturnType<typeof placed>>;

const cancel = ({ orderId, customer }: Placed, customerId = customer.id) =>
  recordOf(CancelOrder, { orderId, customerId });
const payment = ({ orderId, total }: Placed) => ({ orderId, aggregateVersion: 2, paymentId: newId(), amount: total });
const captured = (of: Placed) => recordOf(PaymentCaptured, { ...payment(of), providerReference: 'ch_1' });
const voided = (of: Placed) => recordOf(PaymentVoided, { ...payment(of), reason: 'cancelled' });
const refunded = (of: Placed) =>
  recordOf(PaymentRefunded, { ...payment(of), aggregateVersion: 3, providerReference: 'ch_1', reason: 'cancelled' });

describe('an order that its customer wants cancelled', () => {
  it('is being cancelled once, keeps its stock, and gives it back when the payment is voided', async () => {
    const mine = await placed('CALLED-OFF');
    await orders.send(cancel(mine), cancel(mine));
    const [, cancelling] = await orders.untilPublished(mine.orderId, ['OrderPlaced', 'OrderCancelling']);
    expect(cancelling?.payload).toEqual({ orderId: mine.orderId, aggregateVersion: 2, customer: mine.customer });
    expect(await orders.stock('CALLED-OFF')).toEqual({ available: 6, reserved: 4, sold: 0 });
    await orders.send(voided(mine));
    const told = ['OrderPlaced', 'OrderCancelling', 'OrderCancelled'];
    const [, , cancelled] = await orders.untilPublished(mine.orderId, told);
    expect(cancelled?.payload).toMatchObject({ aggregateVersion: 3, total: mine.total });
    expect(cancelled?.payload).not.toHaveProperty('refunded');
    expect(await orders.stock('CALLED-OFF')).toEqual({ available: 10, reserved: 0, sold: 0 });
  });

  it('is not confirmed by a capture that was on its way, and says what was refunded', async () => {
    const mine = await placed('TOO-LATE');
    await orders.send(cancel(mine));
    await orders.untilPublished(mine.orderId, ['OrderPlaced', 'OrderCancelling']);
    await orders.send(captured(mine), refunded(mine));
    const told = ['OrderPlaced', 'OrderCancelling', 'OrderCancelled'];
    const [, , cancelled] = await orders.untilPublished(mine.orderId, told);
    expect(cancelled?.payload).toMatchObject({ refunded: mine.total });
    expect(await orders.stock('TOO-LATE')).toEqual({ available: 10, reserved: 0, sold: 0 });
  });

  it('stays confirmed, and the wish is refused, when the payment came first', async () => {
    const mine = await placed('PAID');
    await orders.send(captured(mine));
    await orders.untilPublished(mine.orderId, ['OrderPlaced', 'OrderConfirmed']);
    await orders.send(cancel(mine));
    const told = ['OrderPlaced', 'OrderConfirmed', 'CancellationRefused'];
    const [, , refused] = await orders.untilPublished(mine.orderId, told);
    expect(refused?.payload).toEqual({ orderId: mine.orderId, customerId: mine.customer.id, reason: 'ORD-CONFIRMED' });
    expect(await orders.stock('PAID')).toEqual({ available: 6, reserved: 0, sold: 4 });
  });

  it('is refused to somebody else, and for an order that nobody placed', async () => {
    const mine = await placed('MINE');
    await orders.send(cancel(mine, 'somebody-else'));
    const [, refused] = await orders.untilPublished(mine.orderId, ['OrderPlaced', 'CancellationRefused']);
    expect(refused?.payload).toMatchObject({ customerId: 'somebody-else', reason: 'ORD-UNKNOWN' });
    const orderId = newId();
    await orders.send(recordOf(CancelOrder, { orderId, customerId: 'ada' }));
    const [unknown] = await orders.untilPublished(orderId, ['CancellationRefused']);
    expect(unknown?.payload).toEqual({ orderId, customerId: 'ada', reason: 'ORD-UNKNOWN' });
  });
});

describe('an order whose payment billing voids', () => {
  it.each([
    ['voided', (of: Placed) => recordOf(PaymentVoided, { ...payment(of), reason: 'timed-out' }), undefined],
    [
      'refunded',
      (of: Placed) => recordOf(PaymentRefunded, { ...payment(of), providerReference: 'ch_1', reason: 'timed-out' }),
      { amount: 4000, currency: 'EUR' },
    ],
  ] as const)('is rejected when it is %s, and its stock is free again', async (how, event, back) => {
    const sku = `TIMED-OUT-${how.toUpperCase()}`;
    const mine = await placed(sku);
    await orders.send(event(mine));
    const [, rejected] = await orders.untilPublished(mine.orderId, ['OrderPlaced', 'OrderRejected']);
    expect(rejected?.payload).toMatchObject({ reason: 'ORD-PAYMENT-TIMED-OUT' });
    expect(rejected?.payload['refunded']).toEqual(back);
    expect(await orders.stock(sku)).toEqual({ available: 10, reserved: 0, sold: 0 });
    await orders.send(cancel(mine));
    const told = ['OrderPlaced', 'OrderRejected', 'CancellationRefused'];
    const [, , refused] = await orders.untilPublished(mine.orderId, told);
    expect(refused?.payload).toMatchObject({ reason: 'ORD-REJECTED' });
  });

  it('ends as cancelled when the card is declined while it is being cancelled', async () => {
    const mine = await placed('DECLINED-WHILE');
    await orders.send(cancel(mine));
    await orders.untilPublished(mine.orderId, ['OrderPlaced', 'OrderCancelling']);
    await orders.send(recordOf(PaymentDeclined, { ...payment(mine), reason: 'card_declined' }));
    await orders.untilPublished(mine.orderId, ['OrderPlaced', 'OrderCancelling', 'OrderCancelled']);
  });
});
