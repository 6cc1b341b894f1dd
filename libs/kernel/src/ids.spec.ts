import fc from 'fast-check';
import { canonicalUuidV7, isUuidV7, newId, uuidV7LowerBound, uuidV7Millis } from './ids.js';

describe('ids', () => {
  it('are UUIDs of version 7 that carry the time of their making', () => {
    const before = Date.now();
    const id = newId();
    expect(isUuidV7(id)).toBe(true);
    expect(uuidV7Millis(id)).toBeGreaterThanOrEqual(before);
    expect(uuidV7Millis(id)).toBeLessThanOrEqual(Date.now());
  });

  it('sort in the order in which one process made them', () => {
    const ids = Array.from({ length: 1000 }, newId);
    expect([...ids].sort()).toEqual(ids);
  });

  it.each(['', 'x', 'f47ac10b-58cc-4372-a567-0e02b2c3d479', '018f7c5e-0000-7000-8000-00000000000'])(
    'do not look like %p',
    (text) => {
      expect(isUuidV7(text)).toBe(false);
    },
  );

  it('have one spelling inside, and are taken in any', () => {
    const id = newId();
    expect(isUuidV7(id.toUpperCase())).toBe(false);
    expect(canonicalUuidV7(id.toUpperCase())).toBe(id);
    expect(canonicalUuidV7(id)).toBe(id);
    // The capital dotted I becomes two characters in small letters, the Kelvin sign a k.
    for (const text of ['', `${id}a`, id.replaceAll('-', ''), `{${id}}`, `\u0130${id.slice(1)}`]) {
      expect(canonicalUuidV7(text)).toBeUndefined();
    }
  });

  it('of a moment are never below its lower bound, and those before it are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 47 }), (millis) => {
        const lowerBound = uuidV7LowerBound(millis);
        expect(isUuidV7(lowerBound)).toBe(true);
        expect(uuidV7Millis(lowerBound)).toBe(millis);
        expect(uuidV7LowerBound(millis - 1) < lowerBound).toBe(true);
      }),
    );
    const now = newId();
    expect(uuidV7LowerBound(uuidV7Millis(now)) <= now).toBe(true);
  });
});
