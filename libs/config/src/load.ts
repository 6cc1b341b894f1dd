import { readFileSync } from 'node:fs';
import { ConfigError } from './errors.js';
import { metaOf } from './meta.js';
import type { Mistake } from './mistakes.js';
import { variablesOf } from './section.js';
import type { ConfigSchema, Variable } from './section.js';
import { ALLOWED, allowancesIn, refusals, strayAllowances } from './strictness.js';

const UTF8 = new TextDecoder('utf-8', { fatal: true });

export type Environment = Readonly<Record<string, string | undefined>>;

type Read =
  { readonly text: string | undefined; readonly name: string } | { readonly name: string; readonly problem: string };

/**
 * Reads `NAME`, or the file that `NAME_FILE` names (a mounted secret; one line break at its end is dropped). An empty
 * value counts as missing.
 * @returns a frozen object by environment name.
 * @throws ConfigError (CONFIG-INVALID) that lists every mistake at once, with what is right and too unsafe for production.
 */
export function loadConfig<T>(schema: ConfigSchema<T>, env: Environment): T {
  const values: Record<string, unknown> = {};
  const problems = new Map<string, { readonly name: string; readonly problem: string }>();
  const variables = variablesOf(schema);
  for (const variable of variables) {
    const result = valueOf(variable, env);
    if ('problem' in result) problems.set(variable.name, result);
    else values[variable.name] = result.value;
  }
  for (const [name, problem] of refusals(variables, values)) {
    problems.set(name, { name: nameInUse(name, env), problem });
  }
  const stray = strayAllowances(variables, values);
  if (stray.length > 0) {
    const problem = `names what cannot be insecure here: ${stray.join(', ')}`;
    problems.set(ALLOWED, { name: nameInUse(ALLOWED, env), problem });
  }
  const mistakes = variables.flatMap((variable): Mistake[] => {
    const found = problems.get(variable.name);
    return found === undefined ? [] : [{ ...found, expected: expectationOf(variable) }];
  });
  if (mistakes.length > 0) throw new ConfigError(schema.service, mistakes);
  // The schema's type parameter is computed from the very variables that were just read.
  return Object.freeze(values) as T;
}

/** What is in force although production refuses it, one line each (`KAFKA_URL is not encrypted …`). Empty elsewhere. */
export function insecurities<T>(schema: ConfigSchema<T>, config: T): string[] {
  return allowancesIn(variablesOf(schema), Object.fromEntries(Object.entries(config as object)));
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
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    // Its code alone: the message repeats the path, which is the secret when somebody mixed up the two variables.
    return { name: fileName, problem: `cannot be read (${codeOf(error)})` };
  }
  try {
    return { name: fileName, text: nonEmpty(UTF8.decode(bytes).replace(/\r?\n$/, '')) };
  } catch {
    return { name: fileName, problem: 'is no UTF-8 text' };
  }
}

/** The variant that is set. */
function nameInUse(name: string, env: Environment): string {
  return nonEmpty(env[`${name}_FILE`]) === undefined ? name : `${name}_FILE`;
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'no file';
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function expectationOf(variable: Variable): string {
  const { description = '', type, example } = metaOf(variable.schema);
  const hints = [type, example === undefined ? undefined : `e.g. ${example}`].filter((hint) => hint !== undefined);
  return hints.length === 0 ? description : `${description} (${hints.join(', ')})`;
}
