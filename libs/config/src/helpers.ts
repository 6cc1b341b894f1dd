import { isIP } from 'node:net';
import { z } from 'zod';
import type { VariableMeta } from './meta.js';
import { isCleanText } from './text.js';
import { HOST_NAME } from './url.js';

/** From the text of an environment variable to a value. Add `.default(value)` or `.optional()`, then `.meta({…})`. */
export type EnvType<T> = z.ZodType<T, string>;

/** A type of variable. `read` says what is wrong with a text without repeating it, since it may be a secret. */
export function envType<T>(
  meta: Pick<VariableMeta, 'type' | 'unsafe'>,
  read: (text: string) => { value: T } | { problem: string },
): EnvType<T> {
  return z
    .string()
    .meta({ ...meta })
    .transform((text, context) => {
      const result = read(text);
      if ('value' in result) return result.value;
      context.addIssue({ code: 'custom', message: result.problem });
      return z.NEVER;
    });
}

/** Any text that is not empty and has no control characters. */
export function envText(): EnvType<string> {
  return envType({ type: 'text' }, (text) =>
    text !== '' && isCleanText(text) ? { value: text } : { problem: 'must be text without control characters' },
  );
}

/** A host name or an address to listen on. */
export function envHost(): EnvType<string> {
  return envType({ type: 'host name or address' }, (text) =>
    isIP(text) !== 0 || HOST_NAME.test(text) ? { value: text } : { problem: 'must be a host name or an IP address' },
  );
}

/** A whole number in plain decimal; `min` and `max` are inclusive. */
export function envInt(options: { min?: number; max?: number } = {}): EnvType<number> {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = options;
  return envType({ type: `integer${rangeOf(options)}` }, (text) => {
    const value = /^(?:0|-?[1-9]\d*)$/.test(text) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(value)) return { problem: 'must be a whole number' };
    return value >= min && value <= max ? { value } : { problem: `must be a whole number${rangeOf({ min, max })}` };
  });
}

/** A duration in milliseconds, at least 0 unless `min` says more. */
export function envMillis(options: { min?: number; max?: number } = {}): EnvType<number> {
  const range = { min: 0, ...options };
  return envInt(range).meta({ type: `milliseconds${rangeOf(range)}` });
}

function rangeOf({ min, max }: { min?: number; max?: number }): string {
  const from = min === undefined || min === Number.MIN_SAFE_INTEGER ? undefined : min;
  const to = max === undefined || max === Number.MAX_SAFE_INTEGER ? undefined : max;
  if (from !== undefined && to !== undefined) return ` from ${from} to ${to}`;
  if (from !== undefined) return ` of at least ${from}`;
  return to === undefined ? '' : ` of at most ${to}`;
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** true, 1, false or 0. */
export function envBool(): EnvType<boolean> {
  return envType({ type: 'true or false' }, (text) => {
    const value = BOOLEANS.get(text.toLowerCase());
    return value === undefined ? { problem: 'must be true, false, 1 or 0' } : { value };
  });
}

/** One of the given words. */
export function envEnum<const T extends string>(values: readonly T[]): EnvType<T> {
  const words = values.join(', ');
  return envType({ type: `one of ${words}` }, (text) => {
    const value = values.find((candidate) => candidate === text);
    return value === undefined ? { problem: `must be one of ${words}` } : { value };
  });
}

/** Comma-separated; blanks around items are dropped, repeated items count once; at least one item. */
export function envList(): EnvType<readonly string[]>;
export function envList<const T extends string>(values: readonly T[]): EnvType<readonly T[]>;
export function envList(values?: readonly string[]): EnvType<readonly string[]> {
  const words = values?.join(', ');
  return envType(
    { type: words === undefined ? 'comma-separated list' : `comma-separated list of ${words}` },
    (text) => {
      const items = [...new Set(text.split(',').map((item) => item.trim()))].filter((item) => item !== '');
      const unknown = items.filter((item) => values?.includes(item) === false);
      if (items.length === 0 || !isCleanText(text)) return { problem: 'must have at least one item, and text alone' };
      return unknown.length === 0
        ? { value: items }
        : { problem: `has unknown items (${unknown.join(', ')}); allowed are ${words ?? ''}` };
    },
  );
}
