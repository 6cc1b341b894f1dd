import { Positions } from './positions.js';

const place = { topic: 'orders.events', partition: 3 };

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
