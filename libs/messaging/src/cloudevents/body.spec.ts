import { readBody } from './body.js';

const BYTES = 1024 * 1024;

describe('a body', () => {
  it.each([
    ['with a byte order mark', '\uFEFF{"id":"a"}', { id: 'a' }],
    ['with a name twice, of which the last counts', '{"id":"b","id":"a"}', { id: 'a' }],
    ['with an escaped pair', String.raw`{"id":"\ud83d\ude00"}`, { id: '😀' }],
  ])('%s is read', (_name, text, value) => {
    expect(readBody(Buffer.from(text))).toEqual({ value });
  });

  it('that names __proto__ gives nothing away to it', () => {
    const { value } = readBody(Buffer.from('{"__proto__":{"id":"a"}}')) as { value: { id?: string } };
    expect(value.id).toBeUndefined();
    expect(({} as { id?: string }).id).toBeUndefined();
  });

  it.each([
    ['that is not there', null],
    ['without a byte', Buffer.alloc(0)],
    ['in UTF-16', Buffer.from('{"id":"a"}', 'utf16le')],
    ['with half a pair in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['of open brackets alone', Buffer.alloc(BYTES, '[')],
    ['with a mistake in the middle of what it quotes', Buffer.from(`"${'😀'.repeat(100)}" 😀😀😀😀😀😀x`)],
  ])('%s is refused with a reason of bounded, plain text', (_name, bytes) => {
    const { fault = '' } = readBody(bytes);
    expect(fault).not.toBe('');
    expect(fault.length).toBeLessThanOrEqual(200);
    expect(fault.isWellFormed()).toBe(true);
  });

  it('that is nested as deep as a record is long is read or refused, and never thrown for', () => {
    const deep = Buffer.concat([Buffer.alloc(BYTES / 2, '['), Buffer.alloc(BYTES / 2, ']')]);
    const { value, fault } = readBody(deep);
    expect(Array.isArray(value) || typeof fault === 'string').toBe(true);
  });
});
