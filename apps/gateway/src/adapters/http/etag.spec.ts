import { matchesEtag, strongEtag } from './etag.js';

describe('a strong ETag', () => {
  it('is the same for equal bytes and differs for others', () => {
    expect(strongEtag('{"items":[1]}')).toBe(strongEtag('{"items":[1]}'));
    expect(strongEtag('{"items":[1]}')).not.toBe(strongEtag('{"items": [1]}'));
    expect(strongEtag('')).toMatch(/^"[\w-]{22}"$/);
  });

  it.each([
    [undefined, false],
    ['"a"', true],
    // A proxy that compresses makes it weak.
    ['W/"a"', true],
    ['"b", "a"', true],
    ['*', true],
    ['"b"', false],
    ['a', false],
  ])('matches If-None-Match %s: %s', (header, matches) => {
    expect(matchesEtag(header, '"a"')).toBe(matches);
  });
});
