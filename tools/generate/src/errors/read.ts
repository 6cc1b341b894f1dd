import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FileCodes, readCodes } from './codes.js';
import { type ErrorRow, readRows } from './table.js';

/** A source file that names codes. */
export interface ErrorSource extends FileCodes {
  /** From the root of the workspace. */
  readonly path: string;
  readonly rows: readonly ErrorRow[];
}

const SOURCES = '{apps,libs,tools}/*/src/**/*.ts';
/** Most files name no code, and parsing them would take seconds. */
const MAY_NAME_A_CODE = /['"`][A-Z][A-Z0-9]+-[A-Z0-9]/;

/** Every source file with codes, by path; specs make up codes of their own. */
export async function readErrors(root: string): Promise<ErrorSource[]> {
  const paths = globSync(SOURCES, { cwd: root }).filter((path) => !path.endsWith('.spec.ts'));
  const sources = await Promise.all(paths.sort().map((path) => readSource(root, path)));
  return sources.flat();
}

async function readSource(root: string, path: string): Promise<ErrorSource[]> {
  const text = await readFile(join(root, path), 'utf8');
  return MAY_NAME_A_CODE.test(text) ? [{ path, rows: readRows(path, text), ...readCodes(path, text) }] : [];
}
