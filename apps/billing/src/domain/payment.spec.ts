import { newId } from '@dozen/kernel';
import fc from 'fast-check';
import { book, type LedgerTransaction } from './ledger.js';
import { advancePayment, awaitedCharge, type Payment, type PaymentInput, requestPayment } from './payment.js';
import { paymentInputs, type PaymentState, paymentStates, paymentTable } from './payment-table.js';

const amount = fc.record({ amount: fc.nat(), currency: fc.constantFrom('EUR', 'JPY', 'KWD') });

const requested = amount.map((total) =>
  requestPayment(
    { id: newId(), orderId: newId(), customerId: 'c-1', lines: [], total },
    { id: newId(), paymentToken: 'tok_ok' },
  ),
);

const reference = fc.string({ minLength: 1 });
const anyInput: fc.Arbitrary<PaymentInput> = fc.oneof(
  fc.record({ kind: fc.constantFrom('ChargeCaptured' as const, 'ChargeRefunded' as const), reference }),
  fc.record({ kind: fc.constant('ChargeDeclined' as const), reference, reason: fc.option(fc.string()) }),
  fc.record({ kind: fc.constant('ChargeVoided' as const), reference: fc.option(reference) }),
  fc.record({ kind: fc.constantFrom('TimedOut' as const, 'OrderCancelling' as const) }),
);
const inputLists = fc.array(anyInput, { maxLength: 8 });

/** A payment's life: what it became, what was booked, said and asked for on the way. */
function live(payment: Payment, inputs: readonly PaymentInput[]) {
  const life = {
    payment,
    booked: [book('invoice', payment)],
    events: [] as string[],
    versions: [payment.version],
    asked: [] as string[],
  };
  for (const input of inputs) {
    const advance = advancePayment(life.payment, input);
    if (advance === undefined) continue;
    const { change } = advance;
    life.payment = advance.payment;
    if (change.books !== undefined) life.booked.push(book(change.books, advance.payment));
    if (change.asks !== undefined) life.asked.push(change.asks);
    if (change.event === undefined) continue;
    life.events.push(change.event);
    life.versions.push(advance.payment.version);
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

/** What each state says about the money: owed, sold, with the provider for us. */
const money: Record<PaymentState, [receivable: number, revenue: number, clearing: number]> = {
  requested: [1, 1, 0],
  voiding: [1, 1, 0],
  captured: [0, 1, 1],
  refunding: [0, 1, 1],
  declined: [0, 0, 0],
  voided: [0, 0, 0],
  refunded: [0, 0, 0],
};

describe('the table of a payment', () => {
  it.each(['declined', 'voided', 'refunded'] as const)('never leaves %s', (state) => {
    for (const input of paymentInputs) expect(paymentTable[state][input]).toEqual({ kind: 'ignore' });
  });

  it('leaves captured only to be refunded, and only because the order is cancelled', () => {
    const ways = paymentInputs.filter((input) => paymentTable.captured[input].kind === 'change');
    expect(ways).toEqual(['OrderCancelling']);
    expect(paymentTable.captured.OrderCancelling).toMatchObject({ to: 'refunding', asks: 'refund' });
  });

  it('asks the provider on the way into each state that waits for it', () => {
    for (const state of paymentStates) {
      for (const input of paymentInputs) {
        const step = paymentTable[state][input];
        if (step.kind === 'ignore') continue;
        const due = { voiding: 'void', refunding: 'refund' }[step.to as string];
        expect([state, input, step.asks]).toEqual([state, input, due]);
      }
    }
  });
});

describe('a payment', () => {
  it('says its last word once, and counts its versions with its events', () => {
    fc.assert(
      fc.property(requested, inputLists, (payment, inputs) => {
        const { events, versions } = live(payment, inputs);
        expect(versions).toEqual(versions.map((_, index) => index + 1));
        const last = events.filter((event) => event !== 'PaymentCaptured');
        expect(last.length).toBeLessThanOrEqual(1);
        expect(events).toEqual([...events.filter((event) => event === 'PaymentCaptured'), ...last]);
      }),
    );
  });

  it('is never confirmed by a capture once it is being voided', () => {
    fc.assert(
      fc.property(
        requested,
        fc.constantFrom('TimedOut' as const, 'OrderCancelling' as const),
        inputLists,
        (...given) => {
          const [payment, kind, inputs] = given;
          expect(live(payment, [{ kind }, ...inputs]).events).not.toContain('PaymentCaptured');
        },
      ),
    );
  });

  it('keeps the first reason for which it is voided', () => {
    fc.assert(
      fc.property(requested, inputLists, (payment, inputs) => {
        const { payment: after } = live(payment, [{ kind: 'TimedOut' }, { kind: 'OrderCancelling' }, ...inputs]);
        expect(after.voidReason).toBe('timed-out');
      }),
    );
  });

  it('keeps its token exactly as long as it waits for a charge', () => {
    fc.assert(
      fc.property(requested, inputLists, (payment, inputs) => {
        const { payment: after } = live(payment, inputs);
        expect(after.paymentToken).toBe(after.state === 'requested' ? 'tok_ok' : null);
        expect(awaitedCharge(after) === undefined).toBe(after.state !== 'requested');
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
  it('sums to zero with every booking, books each kind once, and says what the state says', () => {
    fc.assert(
      fc.property(requested, inputLists, (payment, inputs) => {
        const { payment: after, booked } = live(payment, inputs);
        for (const transaction of booked) {
          expect([...balances([transaction]).values()].reduce((a, b) => a + b, 0)).toBe(0);
          expect(transaction.entries.every((entry) => entry.amount.currency === payment.amount.currency)).toBe(true);
        }
        expect(new Set(booked.map(({ booking }) => booking)).size).toBe(booked.length);
        const sums = balances(booked);
        const [receivable, revenue, clearing] = money[after.state].map((share) => share * payment.amount.amount);
        expect(sums.get(`receivable:${payment.orderId}`)).toBe(receivable);
        expect(0 - (sums.get('revenue') ?? 0)).toBe(revenue);
        expect(sums.get('provider_clearing') ?? 0).toBe(clearing);
      }),
    );
  });
});
