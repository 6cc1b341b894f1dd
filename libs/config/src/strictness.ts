import { metaOf } from './meta.js';
import type { Variable } from './section.js';

/**
 * Where a process runs. Staging is as strict as production: a setting that staging let pass would first be refused in
 * production.
 */
export const ENVIRONMENTS = ['development', 'test', 'staging', 'production'] as const;

/** The variables of `baseSection` that decide what is refused. */
export const ENVIRONMENT = 'NODE_ENV';
export const ALLOWED = 'ALLOW_INSECURE';

type Values = Readonly<Record<string, unknown>>;

/**
 * An environment that nobody named, or named wrongly, is taken for production. A schema without the variable leaves the
 * judgement to whoever wrote it.
 */
function isStrict(variables: readonly Variable[], values: Values): boolean {
  const named = values[ENVIRONMENT];
  return variables.some(({ name }) => name === ENVIRONMENT) && named !== 'development' && named !== 'test';
}

/** Name → why production refuses its value; without what an operator has allowed. */
export function refusals(variables: readonly Variable[], values: Values): Map<string, string> {
  const allowed = allowedIn(values);
  const where = values[ENVIRONMENT] === 'staging' ? 'staging' : 'production';
  return new Map(
    unsafeOnes(variables, values)
      .filter(({ name }) => !allowed.includes(name))
      .map(({ name, because }) => [
        name,
        `${because}, which ${where} refuses (${ALLOWED}=${name} takes it all the same)`,
      ]),
  );
}

/**
 * Names in ALLOW_INSECURE that are no variable of the schema which could be refused: a typing mistake, or a variable that is
 * gone.
 */
export function strayAllowances(variables: readonly Variable[], values: Values): string[] {
  const refusable = new Set(
    variables.filter(({ schema }) => metaOf(schema).unsafe !== undefined).map(({ name }) => name),
  );
  return allowedIn(values).filter((name) => !refusable.has(name));
}

/** What is in force although production refuses it, one line each: to be told loudly at every start. */
export function allowancesIn(variables: readonly Variable[], values: Values): string[] {
  const allowed = allowedIn(values);
  return unsafeOnes(variables, values)
    .filter(({ name }) => allowed.includes(name))
    .map(({ name, because }) => `${name} ${because}`);
}

function unsafeOnes(variables: readonly Variable[], values: Values): { name: string; because: string }[] {
  if (!isStrict(variables, values)) return [];
  return variables.flatMap(({ name, schema }) => {
    const value = values[name];
    const because = value === undefined ? undefined : metaOf(schema).unsafe?.because(value);
    return because === undefined ? [] : [{ name, because }];
  });
}

function allowedIn(values: Values): readonly string[] {
  const value = values[ALLOWED];
  return Array.isArray(value) ? value.map(String) : [];
}
