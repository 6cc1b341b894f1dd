import { readCodes } from './codes.js';

const read = (text: string) => readCodes('shop.ts', text);

describe('the codes of a source file', () => {
  it.each([
    [`throw new ShopError('SHOP-SHUT', 'shut');`, true],
    [`throw shopError('SHOP-SHUT');`, true],
    [`logger.error({ code: 'SHOP-SHUT' }, 'shut');`, true],
    [`throw new ShopError(why, 'SHOP-SHUT');`, false],
    [`const order = { sku: 'SHOP-SHUT' };`, false],
    [`type Code = 'SHOP-SHUT';`, false],
  ])('%s is what raises one: %p', (text, raised) => {
    expect(read(`\n${text}`).named).toEqual([{ code: 'SHOP-SHUT', line: 2, raised }]);
  });

  it.each([`fail('UTF-8 is wanted');`, `fail('POST');`, `fail('shop-shut');`, '// SHOP-SHUT'])(
    '%s has none',
    (text) => {
      expect(read(text).named).toEqual([]);
    },
  );

  it.each([
    [
      `const problems = { 'SHOP-SHUT': { status: 503, title: 'Shut', retryAfter: 2 } };`,
      { status: 503, retryAfter: 2 },
    ],
    [`const problems = { 'SHOP-SHUT': { status: 404, title: 'Shut' } };`, { status: 404, retryAfter: undefined }],
    [`const statuses = { 'SHOP-SHUT': 409 };`, { status: 409, retryAfter: undefined }],
  ])('%s is how HTTP shows it', (text, answer) => {
    expect([...read(text).answers]).toEqual([['SHOP-SHUT', answer]]);
  });

  it('is told from other numbers and statuses', () => {
    expect([...read(`const a = { b: { status: 200 }, c: 3 };`).answers]).toEqual([]);
  });

  it.each([
    [`new DozenError('SHOP-SHUT', 'shut', { permanent: true }); new DozenError('SHOP-FULL', 'full');`, ['SHOP-SHUT']],
    [
      `const all = ['SHOP-SHUT', 'SHOP-FULL']; new DozenError(code, '', { permanent: true });`,
      ['SHOP-SHUT', 'SHOP-FULL'],
    ],
    [
      `type Code = 'SHOP-SHUT' | 'SHOP-FULL'; new DozenError(code, '', { permanent: code === 'SHOP-FULL' });`,
      ['SHOP-FULL'],
    ],
    [
      `const final = new Set(['SHOP-SHUT']); new DozenError(code, '', { ...more, permanent: final.has(code) });`,
      ['SHOP-SHUT'],
    ],
    [`const final = new Set(['SHOP-SHUT']); new DozenError(code, '', options);`, []],
  ])('%s says which of them are permanent', (text, codes) => {
    expect([...read(text).permanent]).toEqual(codes);
  });
});
