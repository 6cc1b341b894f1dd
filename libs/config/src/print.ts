import { createHash } from 'node:crypto';
import { metaOf } from './meta.js';
import { variablesOf } from './section.js';
import type { ConfigSchema } from './section.js';

export const REDACTED = '[redacted]';

/** Hides user and password of every URL in a text: `kafka://u:p@h` → `kafka://[redacted]@h`. */
export function maskCredentials(text: string): string {
  return text.replaceAll(/([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/?#@"]{1,512}@/gi, `$1${REDACTED}@`);
}

export interface PrintedVariable {
  readonly section: string;
  readonly name: string;
  /** As it would be written in the environment; empty when not set. */
  readonly value: string;
}

/** The values in force, for `config print`: secrets and credentials within URLs are hidden. */
export function printConfig<T>(schema: ConfigSchema<T>, config: T): PrintedVariable[] {
  const values = new Map<string, unknown>(Object.entries(config as object));
  return variablesOf(schema).map(({ section, name, schema: variable }) => {
    const value = values.get(name);
    const text = value === undefined ? '' : maskCredentials(toEnvText(value));
    return { section, name, value: text !== '' && metaOf(variable).secret === true ? REDACTED : text };
  });
}

/**
 * 12 hex digits of a SHA-256 over what `printConfig` shows: two replicas with the same hash have the same settings, up
 * to the values of secrets. The order of declaration does not matter.
 */
export function configHash<T>(schema: ConfigSchema<T>, config: T): string {
  const pairs = printConfig(schema, config).map(({ name, value }) => [name, value] as const);
  pairs.sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(pairs)).digest('hex').slice(0, 12);
}

/** How a value would be written in the environment. */
export function toEnvText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(toEnvText).join(',');
  return JSON.stringify(value);
}
