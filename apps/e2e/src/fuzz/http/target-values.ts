import fc from 'fast-check';
import { ILLEGAL_SPELLINGS, LEGAL_SPELLINGS } from '../texts.js';
import type { Oddity } from './oddity.js';
import { plain } from './plain.js';

/** Times of a list's last item, as somebody might make them up. */
const CURSOR_TIMES = [
  '0',
  '1e9',
  '-271821-04-20T00:00:00.000Z',
  '+275760-09-13T00:00:00.000Z',
  '-004714-01-01T00:00:00.000Z',
  '2026-01-01',
  '0000-01-01T00:00:00Z',
  'Tue, 01 Jan 2026',
  '2026-01-01T00:00:00.000Z',
  '-000001-01-01T00:00:00Z',
];
/** A SKU, ids of orders, and neither. */
const CURSOR_IDS = [
  'MUG-BLUE',
  '01890a5d-ac96-774b-bcce-b302099a8057',
  'FFFFFFFF-FFFF-7FFF-8FFF-FFFFFFFFFFFF',
  'A',
  'A\0',
];

const cursorOf = (parts: unknown): string => Buffer.from(JSON.stringify(parts)).toString('base64url');

export const queries: fc.Arbitrary<Oddity> = fc
  .oneof(
    plain('legal', fc.constantFrom('limit=1', 'limit=100', 'limit=20', '')),
    plain(
      'illegal',
      fc.constantFrom(
        'limit=0',
        'limit=101',
        'limit=-1',
        'limit=1.5',
        'limit=x',
        'limit=1e1',
        'limit=0x10',
        'limit=%2010',
        'limit=10%20',
        'limit=',
        'limit=1&limit=2',
        'limit[]=1',
        'limit=%00',
        'limit=99999999999999999999',
        'limit=1_0',
        'limit=%EF%BC%91',
        'limit=Infinity',
        'limit=true',
        'limit=0b1',
        'limit=+5',
        'limit=5.0',
      ),
    ),
    plain(
      'illegal',
      fc.constantFrom('x=1', 'Limit=5', 'limit%00=5', 'a=b&'.repeat(2_000), 'cursor[x]=1', 'q[a][b][c]=1'),
    ),
    plain(
      'illegal',
      fc
        .oneof(
          fc.constantFrom('x', '%zz', '%00', 'null', 'e30', 'W10', 'x'.repeat(1_001), 'a&cursor=b', '%F0%9F'),
          fc.jsonValue({ maxDepth: 1 }).map(cursorOf),
        )
        .map((cursor) => `cursor=${cursor}`),
    ),
    plain(
      'free',
      fc
        .tuple(fc.constantFrom(...CURSOR_TIMES), fc.constantFrom(...CURSOR_IDS))
        .map((parts) => `cursor=${cursorOf(parts)}`),
    ),
    plain('free', fc.constantFrom('__proto__=1', 'constructor=1', '&&&', '=', '?', '#x', 'limit=5&', ';limit=5')),
  )
  .map(({ value, grade }): Oddity => ({ of: 'query', text: value, grade }));

export const orders: fc.Arbitrary<Oddity> = fc.oneof(
  fc
    .constantFrom(...LEGAL_SPELLINGS)
    .map((spelling): Oddity => ({ of: 'order', order: { whose: 'mine', spelling }, grade: 'legal' })),
  fc.constantFrom(...ILLEGAL_SPELLINGS).map((spelling): Oddity => ({
    of: 'order',
    order: { whose: 'mine', spelling },
    grade: spelling === 'padded' ? 'free' : 'illegal',
  })),
  fc
    .tuple(fc.constantFrom('other' as const, 'nobody' as const), fc.constantFrom(...LEGAL_SPELLINGS))
    .map(([whose, spelling]): Oddity => ({ of: 'order', order: { whose, spelling }, grade: 'illegal', allow: [404] })),
);
