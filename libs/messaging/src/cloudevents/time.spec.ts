import fc from 'fast-check';
import { readTime, readTimestamp } from './time.js';

const millisOf = (text: string): string | undefined => readTime(text).value?.toISOString();

describe('a time of RFC 3339', () => {
  it.each([
    ['2026-11-28T05:58:55Z', '2026-11-28T05:58:55.000Z'],
    ['2026-11-28t05:58:55.5z', '2026-11-28T05:58:55.500Z'],
    ['2026-11-28T05:58:55.123456789012345678901234567890Z', '2026-11-28T05:58:55.123Z'],
    ['2026-11-28T05:58:55+05:45', '2026-11-28T00:13:55.000Z'],
    ['2026-11-28T23:58:55-23:59', '2026-11-29T23:57:55.000Z'],
    ['1985-04-12T23:20:50.52-00:00', '1985-04-12T23:20:50.520Z'],
    ['1990-12-31T23:59:60Z', '1991-01-01T00:00:00.000Z'],
    ['1990-12-31T15:59:60.7-08:00', '1991-01-01T00:00:00.700Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['0099-06-01T00:00:00Z', '0099-06-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('%s is %s', (text, time) => {
    expect(millisOf(text)).toBe(time);
  });

  it.each([
    '',
    '1',
    'yesterday',
    '2026-11-28',
    '2026-11-28T05:58:55',
    '2026-11-28 05:58:55Z',
    '2026-11-28T05:58Z',
    '2026-11-28T05:58:55.Z',
    '2026-11-28T05:58:55+0545',
    '2026-11-28T05:58:55+24:00',
    '2026-11-28T24:00:00Z',
    '2026-11-28T05:60:00Z',
    '2026-11-28T05:58:61Z',
    '2026-11-28T05:58:60Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '+012026-01-01T00:00:00Z',
    '٢٠٢٦-11-28T05:58:55Z',
    '2026-11-28T05:58:55Z\n',
    '0000-06-01T00:00:00Z',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    'Sat, 28 Nov 2026 05:58:55 GMT',
  ])('%j is none', (text) => {
    expect(readTime(text).fault).toMatch(/^(no|outside) /);
  });

  it('is read as any other reader of the standard does, whatever its offset', () => {
    const times = fc.date({
      min: new Date('0001-01-02T00:00:00Z'),
      max: new Date('9999-12-30T00:00:00Z'),
      noInvalidDate: true,
    });
    const offsets = fc.integer({ min: -(24 * 60 - 1), max: 24 * 60 - 1 });
    fc.assert(
      fc.property(times, offsets, (time, minutes) => {
        const local = new Date(time.getTime() + minutes * 60_000).toISOString().slice(0, -1);
        const size = Math.abs(minutes);
        const two = (n: number): string => String(n).padStart(2, '0');
        const text = `${local}${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
        expect(readTime(text).value).toEqual(time);
      }),
    );
  });
});

describe('the time of a record', () => {
  it.each([
    [0, '1970-01-01T00:00:00.000Z'],
    [Date.UTC(2026, 10, 28), '2026-11-28T00:00:00.000Z'],
    [Date.UTC(9999, 11, 31, 23, 59, 59, 999), '9999-12-31T23:59:59.999Z'],
  ])('%d is %s', (millis, time) => {
    expect(readTimestamp(millis).value?.toISOString()).toBe(time);
  });

  it.each([-1, Date.UTC(10_000, 0), 2 ** 63, -(2 ** 63), NaN])('%d is none', (millis) => {
    expect(readTimestamp(millis).fault).toBeDefined();
  });
});
