import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '@dozen/demo';
import ts from 'typescript';

const AS_THE_BUILD = { target: ts.ScriptTarget.ES2024, module: ts.ModuleKind.ESNext, experimentalDecorators: true };

/** What the build makes of a file of `dist`: a unit test may run before anything is built. */
export function transpiled(file: string): string {
  const source = readFileSync(join(ROOT, file.replace('/dist/', '/src/').replace(/\.js$/, '.ts')), 'utf8');
  return ts.transpileModule(source, { compilerOptions: AS_THE_BUILD }).outputText;
}
