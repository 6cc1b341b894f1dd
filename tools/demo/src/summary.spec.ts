import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { quoted } from './summary.js';

describe('quoted', () => {
  it('gives back any path through a shell', () => {
    const path = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(path, (text) => {
        expect(execFileSync('/bin/sh', ['-c', `printf %s ${quoted(text)}`], { encoding: 'utf8' })).toBe(text);
      }),
      { numRuns: 30 },
    );
  });
});
