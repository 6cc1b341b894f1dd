import fc from 'fast-check';
import type { Oddity } from './oddity.js';
import { plain } from './plain.js';

/** The media type of JSON as programs write it. */
export const LEGAL_MEDIA_TYPES = [
  'application/json; charset=utf-8',
  'application/json;charset=UTF-8',
  'Application/JSON',
] as const;

/** Media types for a request with a body. One that is not JSON is refused by its media type, whatever the body is. */
export const mediaTypes: fc.Arbitrary<Oddity> = fc
  .oneof(
    plain('legal', fc.constantFrom(...LEGAL_MEDIA_TYPES)),
    plain(
      'illegal',
      fc.constantFrom(
        'text/plain',
        'application/xml',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'application/json; charset=utf-16',
        'application/json; charset=latin1',
        'application/cbor',
      ),
      [415],
    ),
    plain(
      'free',
      fc.constantFrom(
        '',
        'application/json;',
        'application/json; charset="utf-8"',
        'application/problem+json',
        'json',
        '*/*',
        'application/json, text/plain',
        'application/json; charset=',
        'x'.repeat(4_000),
        'application/json;q=1;a=b',
        undefined,
      ),
    ),
  )
  .map(({ value, ...rest }): Oddity => ({ of: 'media-type', value, ...rest }));

/** On routes without a body: a header alone asks for nothing. */
export const emptyMediaTypes: fc.Arbitrary<Oddity> = fc
  .oneof(
    plain('legal', fc.constant('application/json')),
    plain('free', fc.constantFrom('text/plain', 'application/x-www-form-urlencoded', 'x')),
  )
  .map(({ value, ...rest }): Oddity => ({ of: 'media-type', value, ...rest }));

/** Header fields that must not change the answer of a request. */
export const HARMLESS_HEADERS: readonly (readonly [string, string])[] = [
  ['x-request-id', 'ok-1'],
  ['x-request-id', 'x'.repeat(3_000)],
  ['x-request-id', 'ä\u00ff<>'],
  ['x-request-id', ''],
  ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
  ['traceparent', 'ff-00-00'],
  ['traceparent', '00-00000000000000000000000000000000-0000000000000000-00'],
  ['tracestate', 'a=b,'.repeat(100)],
  ['baggage', 'a=%ff'],
  ['accept', 'text/html'],
  ['accept', 'x'],
  ['accept-encoding', 'gzip, br, zstd'],
  ['accept-language', '*;q=7'],
  ['x-forwarded-for', '\u0001, ::1'.replace('\u0001', '999.1.1.1')],
  ['x-forwarded-proto', 'https'],
  ['x-forwarded-host', 'evil.example'],
  ['forwarded', 'for="_x"'],
  ['range', 'bytes=0-1,5-'],
  ['if-match', '"x"'],
  ['if-modified-since', 'yesterday'],
  ['origin', 'null'],
  ['origin', 'https://evil.example'],
  ['referer', '\u00e9'],
  ['sec-fetch-site', 'cross-site'],
  ['user-agent', ''],
  ['user-agent', 'x'.repeat(5_000)],
  ['cookie', 'a=b; =; ;;; dozen-session'],
  ['cookie', '__proto__=1; constructor=2'],
  ['date', 'x'],
  ['via', '1.0 x'],
  ['te', 'trailers'],
  ['cache-control', 'no-store'],
  ['pragma', ''],
  ['x-http-method-override', 'DELETE'],
  ['content-md5', 'x'],
];

/** Header fields that a route knows. */
export const knownHeaders: Readonly<Record<'prefer' | 'last-event-id' | 'if-none-match', fc.Arbitrary<Oddity>>> = {
  prefer: plain(
    'legal',
    fc.constantFrom(
      'wait=1',
      'respond-async, wait=1',
      'wait="1"',
      'WAIT=1;x',
      'wait=',
      'wait=-1',
      'wait=0x1',
      'wait=x, wait=1',
      'return=minimal',
      '',
      'wait=1, wait=30',
      'a,'.repeat(2_000),
    ),
  ).map(({ value, grade }): Oddity => ({ of: 'header', name: 'prefer', value, grade })),
  'last-event-id': fc
    .oneof(
      plain('free', fc.constantFrom('1', '2147483647', '007', '0')),
      plain(
        'illegal',
        fc.constantFrom('-1', 'x', '1e1', '0x1', '2147483648', '99999999999', '1.0', '1,2', '\u00e9', 'null'),
      ),
    )
    .map(({ value, grade }): Oddity => ({ of: 'header', name: 'last-event-id', value, grade })),
  'if-none-match': plain(
    'legal',
    fc.constantFrom('*', '"x"', 'W/"x"', '"a", "b"', '', 'x', '""', ',,,', '"'.repeat(2_000)),
  ).map(({ value, grade }): Oddity => ({ of: 'header', name: 'if-none-match', value, grade })),
};

export const idempotencyKeys: fc.Arbitrary<Oddity> = fc
  .oneof(
    // Two requests may have the same one and not the same body: 422, or 409 while the first is under way.
    plain(
      'free',
      fc.constantFrom(
        'same-1',
        ':Zm9v:',
        '"same-1"',
        '"with \\"quotes\\""',
        '"~!@#$ %"',
        `"${'k'.repeat(255)}"`,
        'k'.repeat(255),
      ),
    ),
    plain(
      'illegal',
      fc.constantFrom<string | undefined>(
        undefined,
        '',
        '""',
        '"',
        `"${'k'.repeat(256)}"`,
        'k'.repeat(256),
        '"a',
        'a b',
        '"\u00e9"',
        '"\t"',
        '"a\\b"',
        'a, b',
        '?1',
        `"${'k'.repeat(9_000)}"`,
      ),
    ),
  )
  .map(({ value, grade }): Oddity => ({ of: 'idempotency-key', value, grade }));
