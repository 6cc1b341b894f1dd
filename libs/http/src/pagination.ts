import { isPlainText } from '@dozen/kernel';
import { z } from 'zod';
import { plainNumber } from './validation/parameters.js';

/** One page of a list. `nextCursor` is null on the last one; it is opaque to clients. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/**
 * A place in a list ordered by (created_at, id): the last item of a page. `createdAt` is the column's text or ISO 8601.
 * Trap: a JavaScript Date keeps milliseconds where timestamptz keeps microseconds, so a cursor made from one skips or
 * repeats rows. Declare the column timestamptz(3), or select it as text.
 */
export interface Cursor {
  readonly createdAt: string;
  readonly id: string;
}

/** A moment as PostgreSQL and `toISOString` write it. JavaScript's own parser would also take `1` and `Monday`. */
const MOMENT = /^[1-9]\d{3}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d(?::\d\d)?)$/;

const cursorParts = z.tuple([
  z
    .string()
    .regex(MOMENT)
    .refine((text) => !Number.isNaN(Date.parse(text))),
  z.string().min(1).max(200).refine(isPlainText),
]);

export function encodeCursor({ createdAt, id }: Cursor): string {
  return Buffer.from(JSON.stringify([createdAt, id])).toString('base64url');
}

/** Undefined for anything that `encodeCursor` did not make. */
export function decodeCursor(text: string): Cursor | undefined {
  try {
    const parsed = cursorParts.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    if (!parsed.success) return undefined;
    const cursor = { createdAt: parsed.data[0], id: parsed.data[1] };
    // Base64 and JSON have many spellings of it; lists have made one.
    return encodeCursor(cursor) === text ? cursor : undefined;
  } catch {
    // Not JSON: somebody made it up.
    return undefined;
  }
}

const cursor = z
  .string()
  .max(1000)
  .transform((text, context) => {
    const decoded = decodeCursor(text);
    if (decoded === undefined) {
      context.addIssue({ code: 'custom', message: 'not a cursor of this list' });
      return z.NEVER;
    }
    return decoded;
  });

/** Query parameters `limit` (1 to 100, 20 when absent) and `cursor`: `@Query({ schema: pageQuery }) page: PageQuery`. */
export const pageQuery = z.object({
  limit: plainNumber({ min: 1, max: 100 }).default(20),
  cursor: cursor.optional(),
});
export type PageQuery = z.output<typeof pageQuery>;

/**
 * Cuts a page from rows that were selected with `limit + 1`, newest first:
 * `WHERE ($1::timestamptz IS NULL OR (created_at, id) < ($1, $2)) ORDER BY created_at DESC, id DESC LIMIT limit + 1`.
 */
export function toPage<Row, T>(
  rows: readonly Row[],
  limit: number,
  map: { item: (row: Row) => T; cursor: (row: Row) => Cursor },
): Page<T> {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  return {
    items: kept.map(map.item),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(map.cursor(last)) : null,
  };
}
