import { nextLookS, orderOfMails } from './order-of-mails.js';

describe('a mail that waits for an earlier one', () => {
  it.each([
    [0, 2],
    // A clock that is behind the database's.
    [-60, 2],
    [20, 5],
    [3_599, 60],
  ])('after %i s looks again in %i s', (waitedS, inS) => {
    expect(nextLookS(waitedS)).toBe(inS);
  });

  it('does not wait for ever', () => {
    expect(nextLookS(orderOfMails.longestWaitS)).toBeUndefined();
  });
});
