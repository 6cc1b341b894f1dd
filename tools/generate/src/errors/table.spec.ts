import { readRows } from './table.js';

const HEAD = ['/**', ' * | code | where | meaning | what to do |', ' * |---|---|---|---|'];

function rowsOf(...lines: string[]) {
  return readRows('libs/shop/src/errors.ts', [...HEAD, ...lines, ' */', 'export const shop = 1;'].join('\n'));
}

describe('a table of codes', () => {
  it('has a row for each code', () => {
    expect(rowsOf(' * | SHOP-SHUT | job, request | The shop is shut. | Wait. |', ' * | A-B | event | b | c |')).toEqual(
      [
        { code: 'SHOP-SHUT', where: ['job', 'request'], meaning: 'The shop is shut.', todo: 'Wait.' },
        { code: 'A-B', where: ['event'], meaning: 'b', todo: 'c' },
      ],
    );
  });

  it('is told from other tables by its head', () => {
    expect(readRows('a.ts', ['/*', ' * | name | why |', ' * |---|---|', ' * | a | b |', ' */'].join('\n'))).toEqual([]);
  });

  it.each([
    [' * | SHOP-SHUT | job | The shop is shut. |', 'a row has code, where, meaning, what to do'],
    [' * | SHOP-SHUT | job | The shop is shut. | |', 'a row has code, where, meaning, what to do'],
    [' * | SHOP-SHUT | kitchen | The shop is shut. | Wait. |', 'where is some of message, job, request'],
  ])('is refused with %s', (line, reason) => {
    expect(() => rowsOf(line)).toThrow(`libs/shop/src/errors.ts:4: ${reason}`);
  });
});
