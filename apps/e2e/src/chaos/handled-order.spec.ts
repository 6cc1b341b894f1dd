import { handledOtherwise } from './handled-order.js';

const log = new Map([['orders.events o', ['a', 'b', 'c']]]);
const judge = (handled: readonly string[], discarded: readonly string[] = []): string[] =>
  handledOtherwise(log, new Map([['orders.events o', handled]]), new Set(discarded));

describe('what was handled, beside what is in the log', () => {
  it('is the same messages in the same order, without those that an operator discarded', () => {
    expect(judge(['a', 'b', 'c'])).toEqual([]);
    expect(judge(['a', 'c'], ['b'])).toEqual([]);
  });

  it.each([
    ['a message that was never handled', ['a', 'c'], /never handled b/],
    ['one that was handled twice', ['a', 'b', 'b', 'c'], /handled b once too often/],
    ['one that is in no log', ['a', 'b', 'c', 'x'], /handled x once too often/],
    ['one that overtook another', ['a', 'c', 'b'], /another order/],
  ])('finds %s', (_name, handled, sentence) => {
    expect(judge(handled)).toEqual([expect.stringMatching(sentence)]);
  });

  it('finds a key of which nothing was handled', () => {
    expect(handledOtherwise(log, new Map(), new Set())).toHaveLength(1);
  });

  it('finds a discarded message that was handled all the same', () => {
    expect(judge(['a', 'b', 'c'], ['b'])).toEqual([expect.stringMatching(/handled b once too often/)]);
  });
});
