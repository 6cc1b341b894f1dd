import { newId } from '@dozen/kernel';
import fc from 'fast-check';
import { book, type LedgerTransaction } from './ledger.js';
import { awaitedCharge, type ChargeAnswer, type Payment, requestPayment, settlePayment } from './payment.js';
import { paymentInputs, paymentStates, paymentTable } from './payment-table.js';

const amount = fc.record({ amount: fc.nat(), currency: fc.constantFrom('EUR', 'JPY', 'KWD') });

const requested = amount.map((total) =>
  requestPayment(
    { id: newId(), orderId: newId(), customerId: 'c-1', lines: [], total },
    { id: newId(), paymentToken: 'tok_ok' },
  ),
);

const reference = fc.string({ minLength: 1 });
const answer: fc.Arbitrary<ChargeAnswer> = fc.oneof(
  fc.record({ kind: fc.constant('ChargeCaptured' as const), reference }),
  fc.record({ kind: fc.constant('ChargeDeclined' as const), reference, reason: fc.option(fc.string()) }),
);

/** A payment's whole life: what it became, and what was booked on the way. */
function live(payment: Payment, answers: readonly ChargeAnswer[]) {
  const life = { payment, booked: [book('invoice', payment)], versions: [payment.version] };
  for (const next of answers) {
    const settlement = settlePayment(life.payment, next);
    if (settlement === undefined) continue;
    life.payment = settlement.payment;
    life.booked.push(book(settlement.change.books, settlement.payment));
    life.versions.push(settlement.payment.version);
  }
  return life;
}

function balances(booked: readonly LedgerTransaction[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { account, amount: entry } of booked.flatMap(({ entries }) => entries)) {
    sums.set(account, (sums.get(account) ?? 0) + entry.amount);
  }
  return sums;
}

describe('the table of a payment', () => {
  it.each(paymentStates.flatMap((state) => paymentInputs.map((input) => [state, input] as const)))(
    'says what %s does with %s',
    (state, input) => {
      expect(['change', 'ignore']).toContain(paymentTable[state][input].kind);
    },
  );

  it('never leaves captured or declined', () => {
    for (const state of ['captured', 'declined'] as const) {
      for (const input of paymentInputs) expect(paymentTable[state][input]).toEqual({ kind: 'ignore' });
    }
  });

  it('has a way from requested to every other state, so that a payment ends', () => {
    const reached = paymentInputs.map((input) => paymentTable.requested[input]);
    expect(reached).toMatchObject([{ to: 'captured' }, { to: 'declined' }]);
  });
});

describe('a payment', () => {
  it('takes the first answer of the provider and no other', () => {
    fc.assert(
      fc.property(requested, fc.array(answer, { minLength: 1 }), (payment, answers) => {
        const [first] = answers;
        const { payment: after } = live(payment, answers);
        expect(after.state).toBe(first?.kind === 'ChargeCaptured' ? 'captured' : 'declined');
        expect(after.providerReference).toBe(first?.reference);
        expect(after).toEqual(live(payment, answers.slice(0, 1)).payment);
      }),
    );
  });

  it('counts its versions up by one with every change, from 1', () => {
    fc.assert(
      fc.property(requested, fc.array(answer), (payment, answers) => {
        const { versions } = live(payment, answers);
        expect(versions).toEqual(versions.map((_, index) => index + 1));
      }),
    );
  });

  it('keeps its token exactly as long as it waits for a charge', () => {
    fc.assert(
      fc.property(requested, answer, (payment, given) => {
        expect(awaitedCharge(payment)?.paymentToken).toBe('tok_ok');
        const { payment: after } = live(payment, [given]);
        expect(after.paymentToken).toBeNull();
        expect(awaitedCharge(after)).toBeUndefined();
      }),
    );
  });

  it('asks with one key, whatever the attempt', () => {
    fc.assert(
      fc.property(requested, (payment) => {
        expect(awaitedCharge(payment)).toMatchObject({
          idempotencyKey: `${payment.id}:charge`,
          amount: payment.amount,
        });
      }),
    );
  });
});

describe('the ledger', () => {
  it('sums to zero with every booking, whatever happens', () => {
    fc.assert(
      fc.property(requested, fc.array(answer), (payment, answers) => {
        for (const transaction of live(payment, answers).booked) {
          expect([...balances([transaction]).values()].reduce((a, b) => a + b, 0)).toBe(0);
          expect(transaction.entries.every((entry) => entry.amount.currency === payment.amount.currency)).toBe(true);
        }
      }),
    );
  });

  it('has the money at the provider and as revenue once it is captured, and nowhere after a refusal', () => {
    fc.assert(
      fc.property(requested, fc.array(answer), (payment, answers) => {
        const { payment: after, booked } = live(payment, answers);
        const sums = balances(booked);
        const due = { requested: [1, 1, 0], captured: [0, 1, 1], declined: [0, 0, 0] }[after.state];
        const [receivable = 0, revenue = 0, clearing = 0] = due.map((share) => share * payment.amount.amount);
        expect(sums.get(`receivable:${payment.orderId}`)).toBe(receivable);
        expect(0 - (sums.get('revenue') ?? 0)).toBe(revenue);
        expect(sums.get('provider_clearing') ?? 0).toBe(clearing);
      }),
    );
  });
});
