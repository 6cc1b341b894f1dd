import { resolve } from 'node:path';
import { readCodes } from './codes.js';
import { errorFaults } from './faults.js';
import { readErrors } from './read.js';
import { readRows } from './table.js';

const row = (code: string) => ` * | ${code} | job | The shop is shut. | Wait. |`;
const table = (...codes: string[]) =>
  ['/**', ' * | code | where | meaning | what to do |', ' * |---|---|---|---|', ...codes.map(row), ' */'].join('\n');

function faultsOf(files: Record<string, string>) {
  const sources = Object.entries(files).map(([path, text]) => ({
    path,
    rows: readRows(path, text),
    ...readCodes(path, text),
  }));
  return errorFaults(sources);
}

describe('tables of codes', () => {
  const shop = `${table('SHOP-SHUT', 'SHOP-FULL')}\ntype Code = 'SHOP-SHUT' | 'SHOP-FULL';`;

  it('are complete in this workspace', async () => {
    expect(errorFaults(await readErrors(resolve(import.meta.dirname, '../../../..')))).toEqual([]);
  }, 30_000);

  it('explain every code that is declared and raised', () => {
    expect(faultsOf({ 'shop/errors.ts': shop, 'shop/open.ts': `throw shopError('SHOP-SHUT');` })).toEqual([]);
  });

  it('may be of a file without a catalogue, and of a problem without a hyphen', () => {
    const problem = `${table('INTERNAL')}\nconst problems = { INTERNAL: { status: 500, title: 'Oops' } };`;
    expect(faultsOf({ 'shop/problems.ts': problem })).toEqual([]);
  });

  it('miss a code of the catalogue', () => {
    expect(faultsOf({ 'shop/errors.ts': `type Code = 'SHOP-SHUT';` })).toEqual([
      'shop/errors.ts:1: SHOP-SHUT has no row in a table of codes',
    ]);
  });

  it('have a row that is no code of their file', () => {
    expect(faultsOf({ 'shop/errors.ts': `${table('SHOP-SHUT', 'SHOP-GONE')}\ntype Code = 'SHOP-SHUT';` })).toEqual([
      'shop/errors.ts: the table has a row for SHOP-GONE, the code below it has no such code',
    ]);
  });

  it('have a code whose anchor is not the code in small letters', () => {
    expect(faultsOf({ 'shop/errors.ts': `${table('SHOP.SHUT')}\ntype Code = 'SHOP.SHUT';` })).toContain(
      'shop/errors.ts: SHOP.SHUT must be of capitals, digits and hyphens, or its anchor in docs/errors.md is another',
    );
  });

  it('have two rows for a code, which two catalogues declare', () => {
    expect(
      faultsOf({ 'shop/errors.ts': shop, 'till/errors.ts': `${table('SHOP-SHUT')}\ntype Code = 'SHOP-SHUT';` }),
    ).toEqual([
      'SHOP-SHUT has two rows: shop/errors.ts, till/errors.ts',
      'SHOP-SHUT is declared twice: shop/errors.ts, till/errors.ts',
    ]);
  });

  it('have one row for a code that two catalogues declare', () => {
    expect(faultsOf({ 'shop/errors.ts': shop, 'till/errors.ts': `type Code = 'SHOP-SHUT';` })).toEqual([
      'SHOP-SHUT is declared twice: shop/errors.ts, till/errors.ts',
    ]);
  });

  it.each([
    [`throw new DozenError('TILL-EMPTY', 'empty');`, 'TILL-EMPTY'],
    [`logger.error({ code: 'TILL-EMPTY' }, 'empty');`, 'TILL-EMPTY'],
    [`const reason = 'SHOP-GONE';`, 'SHOP-GONE'],
  ])('miss what is raised elsewhere: %s', (text, code) => {
    expect(faultsOf({ 'shop/errors.ts': shop, 'shop/till.ts': text })).toEqual([
      `shop/till.ts:1: ${code} has no row in a table of codes`,
    ]);
  });

  it('say nothing of other words in capitals', () => {
    expect(faultsOf({ 'shop/errors.ts': shop, 'shop/till.ts': `const sku = 'COFFEE-1KG';` })).toEqual([]);
  });
});
