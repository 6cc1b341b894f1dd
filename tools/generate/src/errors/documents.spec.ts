import { renderErrors } from './documents.js';

describe('docs/errors.md', () => {
  const row = { meaning: 'The shop is shut.', todo: 'Wait.' };
  const text = renderErrors(
    [
      {
        path: 'libs/shop/src/errors.ts',
        rows: [
          { ...row, code: 'SHOP-SHUT', where: ['message', 'job'] },
          { ...row, code: 'SHOP-GONE', where: ['message'] },
          { ...row, code: 'SHOP-LOST', where: ['message', 'request'] },
          { ...row, code: 'SHOP-USAGE', where: ['command'] },
        ],
        named: [],
        answers: new Map(),
        permanent: new Set(['SHOP-GONE']),
      },
      {
        path: 'apps/web/src/problems.ts',
        rows: [],
        named: [],
        answers: new Map([['SHOP-LOST', { status: 503, retryAfter: 2 }]]),
        permanent: new Set(),
      },
    ],
    { retryDelaysMs: [1_000, 20_000, 60_000], isInfrastructure: (code) => code === 'SHOP-LOST' },
  );
  const entryOf = (code: string) => text.split(/^### /m).find((part) => part.startsWith(`${code}\n`));

  it('has a heading for each code, which is its anchor', () => {
    expect(entryOf('SHOP-SHUT')).toBe(
      [
        'SHOP-SHUT',
        '',
        'The shop is shut.',
        '',
        '- What to do: Wait.',
        '- Where: the handling of a message, a job',
        '- Tried again: a few times; as a job, as its queue says',
        '',
        '',
      ].join('\n'),
    );
  });

  it('says whether a message is tried again, and nothing of it for what no message meets', () => {
    expect(entryOf('SHOP-GONE')).toContain('- Tried again: no\n');
    expect(entryOf('SHOP-LOST')).toContain('- Tried again: without limit\n');
    expect(entryOf('SHOP-USAGE')).not.toContain('Tried again');
    expect(text).toContain('after 1 s, 20 s and 1 min, unless');
  });

  it('says with which status HTTP shows a code, whichever file says so', () => {
    expect(entryOf('SHOP-LOST')).toContain('- HTTP: 503, with `Retry-After: 2`\n');
    expect(entryOf('SHOP-SHUT')).not.toContain('HTTP');
  });

  it('has a section for a package with codes', () => {
    expect(text.match(/^## .*$/gm)).toEqual(['## libs/shop']);
    expect(text).toContain('Declared in [src/errors.ts](../libs/shop/src/errors.ts).');
  });
});
