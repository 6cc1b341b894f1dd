import fc from 'fast-check';
import { columns } from './columns.js';

describe('the columns of rows', () => {
  it('have each value where its row and its place in the row say', () => {
    const rows = fc
      .integer({ min: 1, max: 5 })
      .chain((length) =>
        fc.array(fc.array(fc.anything(), { minLength: length, maxLength: length }), { minLength: 1, maxLength: 5 }),
      );
    fc.assert(
      fc.property(rows, (all) => {
        const found = columns(all);
        expect(found).toHaveLength(all[0]?.length ?? 0);
        expect(all.map((row, n) => row.map((_, column) => found[column]?.[n]))).toEqual(all);
        expect(found.every((column) => column.length === all.length)).toBe(true);
      }),
    );
  });

  it('are not those of no row: PostgreSQL would be given too few parameters', () => {
    expect(() => columns([])).toThrow(TypeError);
  });
});
