import fc from 'fast-check';
import { parseIdempotencyKey } from './idempotency-key.js';
import { requestHash } from './request-hash.js';

const printable = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((c) => String.fromCharCode(c)),
  minLength: 1,
  maxLength: 255,
});

describe('an Idempotency-Key', () => {
  it('is read back from the quoted form of any printable text', () => {
    fc.assert(
      fc.property(printable, (key) => {
        expect(parseIdempotencyKey(`"${key.replace(/["\\]/g, '\\$&')}"`)).toBe(key);
      }),
    );
  });

  it('may stand without quotes and is then the same key', () => {
    const key = '8e03978e-40d5-43dd-bc93-6894a57f9324';
    expect(parseIdempotencyKey(key)).toBe(parseIdempotencyKey(`"${key}"`));
  });

  it.each([undefined, '', '   '])('is missing when the header is %j', (header) => {
    expect(() => parseIdempotencyKey(header)).toThrow(expect.objectContaining({ code: 'IDEMPOTENCY-KEY-MISSING' }));
  });

  it.each(['""', '"a', 'a b', '"a"b"', '"é"', '"a\\b"', 'x'.repeat(256), `"${'x'.repeat(256)}"`, '"a", "b"'])(
    'is malformed as %s',
    (header) => {
      expect(() => parseIdempotencyKey(header)).toThrow(expect.objectContaining({ code: 'IDEMPOTENCY-KEY-INVALID' }));
    },
  );
});

describe('a request hash', () => {
  it('does not depend on the order of keys, at any depth', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        const request = { method: 'POST', path: '/v1/orders' };
        expect(requestHash({ ...request, body: reversed(body) })).toBe(requestHash({ ...request, body }));
      }),
    );
  });

  it('differs when method, path or body do', () => {
    const base = { method: 'POST', path: '/a', body: { x: [1, 2] } };
    const others = [
      { ...base, method: 'PUT' },
      { ...base, path: '/b' },
      { ...base, body: { x: [2, 1] } },
      { ...base, body: { x: [['0', 1]] } },
      { ...base, body: { x: ['1', '2'] } },
    ];
    expect(new Set([base, ...others].map(requestHash)).size).toBe(6);
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, entry]) => [key, reversed(entry)]),
  );
}
