import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '@dozen/demo';
import ts from 'typescript';
import { PLANTED_BUGS } from './bugs.js';
import { planted } from './workspace-copy.js';

const AS_THE_BUILD = { target: ts.ScriptTarget.ES2024, module: ts.ModuleKind.ESNext, experimentalDecorators: true };

/** A unit test may run before anything is built: the file is compiled here. */
function built(file: string): string {
  const source = readFileSync(join(ROOT, file.replace('/dist/', '/src/').replace(/\.js$/, '.ts')), 'utf8');
  return ts.transpileModule(source, { compilerOptions: AS_THE_BUILD }).outputText;
}

describe('the bugs that the rig must find', () => {
  it.each(PLANTED_BUGS)('fit what is built: $name', (bug) => {
    const code = built(bug.file);
    expect(planted(code, bug)).not.toBe(code);
  });

  it('are told from code that they were not written for', () => {
    const [bug] = PLANTED_BUGS;
    expect(() => bug && planted('something else', bug)).toThrow(/has 0 times/);
  });
});
