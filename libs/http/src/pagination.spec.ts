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
    expect(pageQuery.safeParse({ limit: '' }).success).toBe(false);
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
