import type { z } from 'zod';
import { schemaError } from './errors.js';
import { metaOf } from './meta.js';

export type Variables = Readonly<Record<string, z.ZodType>>;

/** Variables that belong together, as the library that reads them exports them: `databaseSection`. */
export interface Section<V extends Variables = Variables> {
  readonly title: string;
  readonly vars: V;
}

/** All variables of one service. `T` is what `loadConfig` returns. */
export interface ConfigSchema<T = unknown> {
  readonly service: string;
  readonly sections: readonly Section[];
  /** Carries the type only; there is no such property at run time. */
  readonly '~values'?: T;
}

type ValuesOf<V extends Variables> = { readonly [K in keyof V]: z.output<V[K]> };
type ToIntersection<U> = (U extends unknown ? (value: U) => void : never) extends (value: infer I) => void ? I : never;
type Flat<T> = { readonly [K in keyof T]: T[K] };
type ValuesOfAll<S extends readonly Section[]> = Flat<
  ToIntersection<{ [I in keyof S]: S[I] extends Section<infer V> ? ValuesOf<V> : never }[number]>
>;

/** The typed values of a schema or of one section: a library takes `ConfigOf<typeof databaseSection>`. */
export type ConfigOf<S> =
  S extends Section<infer V> ? ValuesOf<V> : S extends { readonly '~values'?: infer T } ? NonNullable<T> : never;

const ENV_NAME = /^[A-Z][A-Z0-9_]*$/;

/**
 * @param vars environment name → zod schema from text to value. A schema that accepts `undefined` (default, optional)
 * makes the variable optional.
 * @throws CONFIG-SCHEMA when a name is no environment name or a variable has no description.
 */
export function defineSection<const V extends Variables>(title: string, vars: V): Section<V> {
  for (const [name, schema] of Object.entries(vars)) {
    if (!ENV_NAME.test(name)) throw schemaError(`${name} in "${title}" is no environment name (A-Z, 0-9, _)`);
    if (metaOf(schema).description === undefined) throw schemaError(`${name} in "${title}" has no description`);
  }
  return { title, vars };
}

/** @throws CONFIG-SCHEMA when two sections declare a name, or one declares another's `_FILE` variant. */
export function defineConfig<const S extends readonly Section[]>(config: {
  service: string;
  sections: S;
}): ConfigSchema<ValuesOfAll<S>> {
  const owners = new Map<string, string>();
  for (const { title, vars } of config.sections) {
    for (const name of Object.keys(vars)) {
      const owner = owners.get(name);
      if (owner !== undefined) throw schemaError(`${name} is declared by "${owner}" and by "${title}"`);
      owners.set(name, title);
    }
  }
  for (const name of owners.keys()) {
    if (owners.has(`${name}_FILE`))
      throw schemaError(`${name}_FILE is the file variant of ${name} and cannot be declared`);
  }
  return { service: config.service, sections: config.sections };
}

export interface Variable {
  readonly section: string;
  readonly name: string;
  readonly schema: z.ZodType;
}

/** In the order of declaration, which is the order of every table and document. */
export function variablesOf(schema: ConfigSchema): Variable[] {
  return schema.sections.flatMap(({ title, vars }) =>
    Object.entries(vars).map(([name, variable]) => ({ section: title, name, schema: variable })),
  );
}
