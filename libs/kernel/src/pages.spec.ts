import fc from 'fast-check';
import { inPages } from './pages.js';

describe('pages', () => {
  it('are read to the end, each row once and in order, whatever their size', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(20), fc.integer({ min: 1, max: 7 }), async (total, size) => {
        const rows = Array.from({ length: total }, (_, n) => n);
        const found: number[] = [];
        for await (const row of inPages((last: number | undefined) =>
          Promise.resolve(rows.filter((n) => last === undefined || n > last).slice(0, size)),
        )) {
          found.push(row);
        }
        expect(found).toEqual(rows);
      }),
    );
  });

  it('are not read before they are asked for', async () => {
    const asked: (number | undefined)[] = [];
    const rows = inPages((last: number | undefined) => {
      asked.push(last);
      return Promise.resolve([(last ?? 0) + 1]);
    });
    await rows.next();
    await rows.next();
    expect(asked).toEqual([undefined, 1]);
  });
});
