import fc from 'fast-check';
import { judge, Positions } from './positions.js';

const place = { topic: 'orders.events', partition: 3 };

describe('where a group stands against the log', () => {
  it('is inside exactly from its low end up to its high end, which is where an idle group stands', () => {
    const offset = fc.bigInt({ min: 0n, max: 2n ** 62n });
    fc.assert(
      fc.property(offset, offset, offset, (one, two, committed) => {
        const [low, high] = one < two ? [one, two] : [two, one];
        const verdict = judge({ committed: committed.toString(), low: low.toString(), high: high.toString() });
        if (committed < low) expect(verdict).toBe('below');
        else if (committed > high) expect(verdict).toBe('above');
        else expect(verdict).toEqual({ start: committed.toString() });
      }),
    );
    expect(judge({ committed: '5', low: '5', high: '9' })).toEqual({ start: '5' });
    expect(judge({ committed: '9', low: '5', high: '9' })).toEqual({ start: '9' });
  });

  it('is the beginning of the log for a group that never committed', () => {
    expect(judge({ committed: undefined, low: '17', high: '40' })).toEqual({ start: '17' });
  });
});

describe('positions', () => {
  it('follow what is passed, and forget all at a new assignment', () => {
    const positions = new Positions();
    positions.admit(place, '10');
    positions.passed(place, '14');
    expect(positions.next(place)).toBe(15n);
    positions.clear();
    expect(positions.next(place)).toBeUndefined();
  });

  it('do not come back for a partition that was barred, whatever is passed in it', () => {
    const positions = new Positions();
    positions.admit(place, '10');
    positions.bar({ ...place, offset: '10' });
    positions.passed(place, '20');
    expect(positions.next(place)).toBeUndefined();
    expect(positions.outOfRange).toEqual([{ ...place, offset: '10' }]);
  });
});
