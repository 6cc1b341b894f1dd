import { newId } from '@dozen/kernel';
import { chargeKey } from '../domain/payment.js';
import type { BookedPayment, ProviderCharge } from '../domain/reconciliation.js';
import { type Books, type Charges, reconcile } from './reconcile.js';

const amount = { amount: 2500, currency: 'EUR' };

const paymentOf = (changes: Partial<BookedPayment> = {}): BookedPayment => ({
  id: newId(),
  orderId: newId(),
  state: 'captured',
  amount,
  cleared: 2500,
  ...changes,
});

const chargeOf = (payment: BookedPayment, changes: Partial<ProviderCharge> = {}): ProviderCharge => ({
  reference: `ch-${payment.id}`,
  idempotencyKey: chargeKey(payment),
  amount,
  status: 'captured',
  ...changes,
});

/** Both sides as they are read at first; what is read singly may have gone on since then. */
function books(
  [payments, charges]: readonly [readonly BookedPayment[], readonly ProviderCharge[]],
  later: { payments?: readonly BookedPayment[]; charges?: readonly ProviderCharge[] } = {},
): [Books, Charges] {
  const each = async function* <T>(rows: readonly T[]): AsyncGenerator<T> {
    for (const row of rows) yield await Promise.resolve(row);
  };
  const ours: Books = {
    payments: () => each(payments),
    payment: (id) => Promise.resolve((later.payments ?? payments).find((payment) => payment.id === id)),
  };
  const theirs: Charges = {
    charges: () => each(charges),
    chargeOf: (key) => Promise.resolve((later.charges ?? charges).find((charge) => charge.idempotencyKey === key)),
  };
  return [ours, theirs];
}

describe('the reconciliation', () => {
  it('finds nothing where both sides agree, and counts what it saw', async () => {
    const [captured, waiting] = [paymentOf(), paymentOf({ state: 'requested', cleared: 0 })];
    expect(await reconcile(...books([[captured, waiting], [chargeOf(captured)]]))).toEqual({
      payments: 2,
      charges: 1,
      open: 1,
      differences: [],
    });
  });

  it.each<[string, (payment: BookedPayment) => readonly ProviderCharge[], Partial<BookedPayment>]>([
    ['payment-without-charge', () => [], {}],
    ['status', (payment) => [chargeOf(payment, { status: 'refunded' })], {}],
    ['amount', (payment) => [chargeOf(payment, { amount: { ...amount, amount: 1 } })], {}],
    ['ledger', (payment) => [chargeOf(payment)], { cleared: 2499 }],
  ])('reports one difference: %s', async (what, chargesOf, changes) => {
    const [good, bad] = [paymentOf(), paymentOf(changes)];
    const { differences } = await reconcile(
      ...books([
        [good, bad],
        [chargeOf(good), ...chargesOf(bad)],
      ]),
    );
    expect(differences).toMatchObject([{ what, paymentId: bad.id, orderId: bad.orderId }]);
  });

  it.each([
    ['a key of somebody else', 'by-hand'],
    ['a key of ours whose payment is nowhere', chargeKey({ id: newId() })],
  ])('reports a charge with %s', async (_case, idempotencyKey) => {
    const charge = chargeOf(paymentOf(), { idempotencyKey });
    const { differences } = await reconcile(...books([[], [charge]]));
    expect(differences).toMatchObject([{ what: 'charge-without-payment', reference: charge.reference }]);
  });

  it('does not report what only was not read at the same moment', async () => {
    const [late, fresh] = [paymentOf({ state: 'refunded', cleared: 0 }), paymentOf()];
    const later = { payments: [late, fresh], charges: [chargeOf(late, { status: 'refunded' }), chargeOf(fresh)] };
    // The charge of one was read before its refund, the other one's before its payment was there.
    const first = [[late], [chargeOf(late), chargeOf(fresh)]] as const;
    expect((await reconcile(...books(first, later))).differences).toEqual([]);
  });

  it('looks again when the payment has gone on between two looks, and tells what is so in the end', async () => {
    const captured = paymentOf();
    const refunded = { ...captured, state: 'refunded', cleared: 0 } as const;
    const charge = chargeOf(captured, { status: 'refunded' });
    const states = [captured, refunded, refunded, refunded];
    const [ours, theirs] = books([[captured], [charge]]);
    const moving = { ...ours, payment: () => Promise.resolve(states.shift()) };
    expect((await reconcile(moving, theirs)).differences).toEqual([]);
    expect(states).toEqual([]);
  });
});
