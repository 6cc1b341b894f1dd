import fc from 'fast-check';
import { behaviourOf, faultOf } from './behaviour.js';

describe('behaviour by token', () => {
  it('declines a token that nobody issued, so that a payment with it still ends', () => {
    expect(behaviourOf('tok_unknown').outcome).toEqual({ status: 'declined', declineCode: 'unknown_token' });
  });

  it('is not fooled by names that every object has', () => {
    expect(behaviourOf('constructor').outcome.status).toBe('declined');
  });

  it('gives tok_flaky a fault on the first attempt of a key, always the same one, and none later', () => {
    const flaky = behaviourOf('tok_flaky');
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 2, max: 100 }), (key, later) => {
        const first = faultOf(flaky, key, 1);
        expect(first).toBeDefined();
        expect(faultOf(flaky, key, 1)).toBe(first);
        expect(faultOf(flaky, key, later)).toBeUndefined();
      }),
    );
  });

  it('spreads tok_flaky over both kinds of fault', () => {
    const faults = Array.from({ length: 50 }, (_, n) => faultOf(behaviourOf('tok_flaky'), `key-${n}`, 1));
    expect(new Set(faults)).toEqual(new Set(['before', 'after']));
  });
});
