import fc from 'fast-check';
import { stateOf } from './range.js';

describe('where a group stands against the log', () => {
  it('is inside exactly from its low end up to its high end, which is where an idle group stands', () => {
    const offset = fc.bigInt({ min: 0n, max: 2n ** 62n });
    fc.assert(
      fc.property(offset, offset, offset, (one, two, committed) => {
        const [low, high] = one < two ? [one, two] : [two, one];
        const state = stateOf({ committed: committed.toString(), low: low.toString(), high: high.toString() });
        expect(state).toBe(committed < low ? 'below' : committed > high ? 'above' : 'inside');
      }),
    );
    expect(stateOf({ committed: '5', low: '5', high: '9' })).toBe('inside');
    expect(stateOf({ committed: '9', low: '5', high: '9' })).toBe('inside');
  });

  it('compares numbers, not texts', () => {
    expect(stateOf({ committed: '10', low: '9', high: '100' })).toBe('inside');
  });

  it('is new for one that never committed', () => {
    expect(stateOf({ committed: undefined, low: '17', high: '40' })).toBe('new');
  });
});
