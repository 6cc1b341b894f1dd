import { matchesEtag, weakEtag } from './etag.js';

describe('a weak ETag', () => {
  it('is the same for equal bodies and differs for others', () => {
    expect(weakEtag({ items: [1] })).toBe(weakEtag({ items: [1] }));
    expect(weakEtag({ items: [1] })).not.toBe(weakEtag({ items: [2] }));
    expect(weakEtag({})).toMatch(/^W\/"[\w-]{22}"$/);
  });

  it.each([
    [undefined, false],
    ['W/"a"', true],
    ['"a"', true],
    ['"b", W/"a"', true],
    ['*', true],
    ['W/"b"', false],
    ['a', false],
  ])('matches If-None-Match %s: %s', (header, matches) => {
    expect(matchesEtag(header, 'W/"a"')).toBe(matches);
  });
});
