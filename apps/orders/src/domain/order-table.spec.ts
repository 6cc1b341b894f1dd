import fc from 'fast-check';
import {
  type OrderInput,
  orderInputs,
  type OrderState,
  orderStates,
  type OrderStep,
  orderTable,
  paymentOutcomes,
} from './order-table.js';

const stepOf = (state: OrderState, input: OrderInput): OrderStep => orderTable[state][input];

/** The state after an input, as the service would leave it. */
function next(state: OrderState, input: OrderInput): OrderState {
  const step = stepOf(state, input);
  return step.kind === 'change' ? step.to : state;
}

const pairs = orderStates.flatMap((state) => orderInputs.map((input) => [state, input] as const));

describe('the table of an order', () => {
  it.each(pairs)('has an answer for %s × %s and for no others', (state, input) => {
    expect(['change', 'ignore', 'refuse', 'contradiction']).toContain(stepOf(state, input).kind);
    expect(Object.keys(orderTable).sort()).toEqual([...orderStates].sort());
    expect(Object.keys(orderTable[state]).sort()).toEqual([...orderInputs].sort());
  });

  it('never leaves a final state', () => {
    const finals: OrderState[] = ['confirmed', 'rejected', 'cancelled'];
    const inputs = fc.array(fc.constantFrom(...orderInputs), { maxLength: 20 });
    fc.assert(
      fc.property(fc.constantFrom(...finals), inputs, (state, sequence) => {
        expect(sequence.reduce(next, state)).toBe(state);
      }),
    );
  });

  it('is settled by the first word of billing, whatever is repeated or contradicted later', () => {
    const words = fc.array(fc.constantFrom(...paymentOutcomes), { minLength: 1 });
    fc.assert(
      fc.property(words, (sequence) => {
        const expected = sequence[0] === 'PaymentCaptured' ? 'confirmed' : 'rejected';
        expect(sequence.reduce<OrderState>(next, 'placed')).toBe(expected);
      }),
    );
  });

  it('is never confirmed once it is being cancelled, and ends when billing is through', () => {
    const words = fc.array(fc.constantFrom(...paymentOutcomes));
    fc.assert(
      fc.property(words, (sequence) => {
        const through = sequence.some((word) => word !== 'PaymentCaptured');
        expect(sequence.reduce<OrderState>(next, 'cancelling')).toBe(through ? 'cancelled' : 'cancelling');
      }),
    );
  });

  it('moves stock once on each way: reserved, then sold or released, never both', () => {
    const inputs = fc.array(fc.constantFrom(...orderInputs), { maxLength: 30 });
    fc.assert(
      fc.property(inputs, (sequence) => {
        const moves: string[] = [];
        let state: OrderState = 'new';
        for (const input of sequence) {
          const step = stepOf(state, input);
          if (step.kind === 'change' && step.stock !== 'none') moves.push(step.stock);
          state = next(state, input);
        }
        expect(['', 'reserve', 'reserve sell', 'reserve release']).toContain(moves.join(' '));
      }),
    );
  });

  it('calls it a contradiction when the payment of a settled order turns out otherwise, and when the order is unknown', () => {
    const contradictions = pairs.filter(([state, input]) => stepOf(state, input).kind === 'contradiction');
    expect(contradictions).toEqual([
      ...paymentOutcomes.map((outcome) => ['new', outcome]),
      ['confirmed', 'PaymentDeclined'],
      ['confirmed', 'PaymentVoided'],
      ['confirmed', 'PaymentRefunded'],
      ['rejected', 'PaymentCaptured'],
      ['cancelled', 'PaymentCaptured'],
    ]);
  });
});
