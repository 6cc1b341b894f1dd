import { preferredWait } from './prefer.js';

describe('Prefer: wait', () => {
  it.each([
    [undefined, 0],
    ['wait=10', 10],
    ['respond-async, wait=5', 5],
    ['Wait = "7"; foo=bar', 7],
    [['respond-async', 'wait=3'], 3],
    ['wait=600', 30],
    ['wait=0', 0],
  ] as const)('%j is %d seconds', (header, seconds) => {
    expect(preferredWait(header)).toBe(seconds);
  });

  it.each(['wait', 'wait=', 'wait=-1', 'wait=1.5', 'wait=soon', 'waits=5', 'wait=99999999999'])(
    '%j is no preference, and no mistake',
    (header) => {
      expect(preferredWait(header)).toBe(0);
    },
  );
});
