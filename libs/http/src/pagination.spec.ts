import fc from 'fast-check';
import { type Cursor, decodeCursor, encodeCursor, type Page, pageQuery, toPage } from './pagination.js';

const cursors = fc.record({
  createdAt: fc
    .date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') })
    .map((date) => date.toISOString()),
  id: fc.uuid(),
});

describe('pagination', () => {
  it('reads back every cursor that it made', () => {
    fc.assert(
      fc.property(cursors, (cursor) => {
        expect(decodeCursor(encodeCursor(cursor))).toEqual(cursor);
        expect(encodeCursor(cursor)).toMatch(/^[A-Za-z0-9_-]+$/);
      }),
    );
  });

  it('keeps the microseconds of a timestamp given as text', () => {
    const cursor = { createdAt: '2026-01-01 00:00:00.123456+00', id: 'x' };
    expect(decodeCursor(encodeCursor(cursor))).toEqual(cursor);
  });

  it('takes nothing for a cursor that it did not make', () => {
    fc.assert(fc.property(fc.string(), (text) => expect(decodeCursor(text)).toBeUndefined()));
    const forged = Buffer.from('["not a date","id"]').toString('base64url');
    expect(pageQuery.safeParse({ cursor: forged }).success).toBe(false);
  });

  it('visits every row once, in order, whatever the page size', () => {
    fc.assert(
      fc.property(fc.array(cursors, { maxLength: 30 }), fc.integer({ min: 1, max: 7 }), (rows, limit) => {
        const sorted = rows.sort((a, b) => (key(a) < key(b) ? 1 : -1));
        const unique = sorted.filter((row, i) => i === 0 || key(row) !== key(sorted[i - 1] ?? row));
        expect(walk(unique, limit)).toEqual(unique);
      }),
    );
  });

  it('offers no next page after a last one that is full', () => {
    const rows = [{ createdAt: '2026-01-01T00:00:00.000Z', id: 'a' }];
    const same = { item: (row: Cursor) => row, cursor: (row: Cursor) => row };
    expect(toPage(rows, 1, same)).toEqual({ items: rows, nextCursor: null });
  });

  it('defaults to twenty and refuses more than a hundred', () => {
    expect(pageQuery.parse({})).toEqual({ limit: 20 });
    expect(pageQuery.safeParse({ limit: '101' }).success).toBe(false);
  });

  it.each(['', ' ', '0', '0x10', '1e1', ' 10', '10 ', '+5', '1.0', '٣', '010', ['1', '2'], '1'.repeat(10_000)])(
    'takes plain decimal for a limit, and not %j',
    (limit) => {
      expect(pageQuery.safeParse({ limit }).success).toBe(limit === '010');
    },
  );

  it.each([
    ['a time that is a number', ['1', 'x']],
    ['a time in words', ['Mon, 01 Jan 2026', 'x']],
    ['a year before the calendar', ['0000-01-01T00:00:00Z', 'x']],
    ['a year that the database does not know', ['+275760-09-13T00:00:00.000Z', 'x']],
    ['a thirteenth month', ['2026-13-01T00:00:00Z', 'x']],
    ['a NUL', ['2026-01-01T00:00:00Z', 'a\0']],
    ['half of a surrogate pair', ['2026-01-01T00:00:00Z', '\ud800']],
    ['more than two parts', ['2026-01-01T00:00:00Z', 'x', 1]],
  ])('takes no cursor with %s', (_name, parts) => {
    expect(decodeCursor(Buffer.from(JSON.stringify(parts)).toString('base64url'))).toBeUndefined();
  });

  it('takes a cursor in no other spelling', () => {
    const cursor = encodeCursor({ createdAt: '2026-01-01T00:00:00Z', id: 'xyz' });
    expect(decodeCursor(cursor)).toBeDefined();
    for (const other of [`${cursor}=`, `${cursor}!`, ` ${cursor}`, cursor.replace(/.$/, '$&$&')]) {
      expect(decodeCursor(other)).toBeUndefined();
    }
  });
});

const key = ({ createdAt, id }: Cursor): string => `${createdAt} ${id}`;

/** What a client sees that follows the cursors; `rows` newest first, selected as the SQL in toPage's comment does. */
function walk(rows: readonly Cursor[], limit: number): Cursor[] {
  const seen: Cursor[] = [];
  let cursor: string | null = null;
  do {
    const after: Cursor | undefined = cursor === null ? undefined : decodeCursor(cursor);
    const selected: Cursor[] = rows.filter((row) => after === undefined || key(row) < key(after)).slice(0, limit + 1);
    const page: Page<Cursor> = toPage(selected, limit, { item: (row) => row, cursor: (row) => row });
    seen.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return seen;
}
