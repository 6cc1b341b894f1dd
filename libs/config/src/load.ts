import { readFileSync } from 'node:fs';
import { messageOf } from '@dozen/kernel';
import { ConfigError } from './errors.js';
import { metaOf } from './meta.js';
import type { Mistake } from './mistakes.js';
import { variablesOf } from './section.js';
import type { ConfigSchema, Variable } from './section.js';

export type Environment = Readonly<Record<string, string | undefined>>;

type Read =
  { readonly text: string | undefined; readonly name: string } | { readonly name: string; readonly problem: string };

/**
 * Reads `NAME`, or the file that `NAME_FILE` names (a mounted secret; one line break at its end is dropped). An empty
 * value counts as missing.
 * @returns a frozen object by environment name.
 * @throws ConfigError (CONFIG-INVALID) that lists every mistake at once.
 */
export function loadConfig<T>(schema: ConfigSchema<T>, env: Environment): T {
  const values: Record<string, unknown> = {};
  const mistakes: Mistake[] = [];
  for (const variable of variablesOf(schema)) {
    const result = valueOf(variable, env);
    if ('problem' in result) mistakes.push({ ...result, expected: expectationOf(variable) });
    else values[variable.name] = result.value;
  }
  if (mistakes.length > 0) throw new ConfigError(schema.service, mistakes);
  // The schema's type parameter is computed from the very variables that were just read.
  return Object.freeze(values) as T;
}

/** Exit status for a configuration error (`EX_CONFIG` of BSD sysexits.h): restarting will not help. */
export const EXIT_CONFIG = 78;

export interface ExitPort {
  /** Must write before it returns: the process ends right after. */
  write(text: string): void;
  exit(code: number): never;
}

const processPort: ExitPort = {
  write: (text) => process.stderr.write(text),
  exit: (code) => process.exit(code),
};

/** As `loadConfig`, but a wrong environment is printed to stderr as one table and ends the process with status 78. */
export function loadConfigOrExit<T>(schema: ConfigSchema<T>, env: Environment, port: ExitPort = processPort): T {
  try {
    return loadConfig(schema, env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    port.write(`${error.message}\n`);
    return port.exit(EXIT_CONFIG);
  }
}

function valueOf(variable: Variable, env: Environment): { value: unknown } | { name: string; problem: string } {
  const read = readText(variable.name, env);
  if ('problem' in read) return read;
  const parsed = variable.schema.safeParse(read.text);
  if (parsed.success) return { value: parsed.data };
  const problem =
    read.text === undefined ? 'is missing' : [...new Set(parsed.error.issues.map(({ message }) => message))].join('; ');
  return { name: read.name, problem };
}

function readText(name: string, env: Environment): Read {
  const fileName = `${name}_FILE`;
  const direct = nonEmpty(env[name]);
  const path = nonEmpty(env[fileName]);
  if (path === undefined) return { name, text: direct };
  if (direct !== undefined) return { name, problem: `is set together with ${fileName}; set one of them` };
  try {
    return { name: fileName, text: nonEmpty(readFileSync(path, 'utf8').replace(/\r?\n$/, '')) };
  } catch (error) {
    return { name: fileName, problem: `cannot be read: ${messageOf(error)}` };
  }
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function expectationOf(variable: Variable): string {
  const { description = '', type, example } = metaOf(variable.schema);
  const hints = [type, example === undefined ? undefined : `e.g. ${example}`].filter((hint) => hint !== undefined);
  return hints.length === 0 ? description : `${description} (${hints.join(', ')})`;
}
