import { z } from 'zod';

/** From the text of an environment variable to a value. Add `.default(value)` or `.optional()`, then `.meta({…})`. */
export type EnvType<T> = z.ZodType<T, string>;

function parse<T>(type: string, read: (text: string) => { value: T } | { problem: string }): EnvType<T> {
  return z
    .string()
    .meta({ type })
    .transform((text, context) => {
      const result = read(text);
      if ('value' in result) return result.value;
      context.addIssue({ code: 'custom', message: result.problem });
      return z.NEVER;
    });
}

/** Any text that is not empty. */
export function envText(): EnvType<string> {
  return z.string().min(1).meta({ type: 'text' });
}

/**
 * A URL, kept as text.
 * @param protocols allowed schemes, without the colon; the first one is shown in documents.
 * @param manyHosts allows `h1:9092,h2:9092` as the authority (Kafka, PostgreSQL), which is no URL by WHATWG.
 */
export function envUrl(options: { protocols: readonly string[]; manyHosts?: boolean }): EnvType<string> {
  const allowed = options.protocols.map((protocol) => `${protocol}://`).join(' or ');
  return parse(`URL ${allowed}`, (text) => {
    const scheme = /^([a-z][a-z0-9+.-]*):\/\//.exec(text)?.[1];
    if (scheme === undefined || !options.protocols.includes(scheme)) {
      return { problem: `must be a URL that begins with ${allowed}` };
    }
    const single = options.manyHosts === true ? splitHosts(text) : [text];
    return single.every((url) => URL.canParse(url) && new URL(url).host !== '')
      ? { value: text }
      : { problem: 'is not a valid URL with a host' };
  });
}

function splitHosts(text: string): string[] {
  const parts = /^([^:]+:\/\/(?:[^@/?#]*@)?)([^/?#]*)(.*)$/.exec(text);
  const [, head, hosts, tail] = parts ?? [];
  if (head === undefined || hosts === undefined || tail === undefined) return [text];
  return hosts.split(',').map((host) => `${head}${host}${tail}`);
}

/** A whole number; `min` and `max` are inclusive. */
export function envInt(options: { min?: number; max?: number } = {}): EnvType<number> {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = options;
  return parse(`integer${rangeOf(options)}`, (text) => {
    const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
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
  return parse('true or false', (text) => {
    const value = BOOLEANS.get(text.toLowerCase());
    return value === undefined ? { problem: 'must be true, false, 1 or 0' } : { value };
  });
}

/** One of the given words. */
export function envEnum<const T extends string>(values: readonly T[]): EnvType<T> {
  const words = values.join(', ');
  return parse(`one of ${words}`, (text) => {
    const value = values.find((candidate) => candidate === text);
    return value === undefined ? { problem: `must be one of ${words}` } : { value };
  });
}

/** Comma-separated; blanks around items are dropped, repeated items count once; at least one item. */
export function envList(): EnvType<readonly string[]>;
export function envList<const T extends string>(values: readonly T[]): EnvType<readonly T[]>;
export function envList(values?: readonly string[]): EnvType<readonly string[]> {
  const words = values?.join(', ');
  return parse(words === undefined ? 'comma-separated list' : `comma-separated list of ${words}`, (text) => {
    const items = [...new Set(text.split(',').map((item) => item.trim()))].filter((item) => item !== '');
    const unknown = items.filter((item) => values?.includes(item) === false);
    if (items.length === 0) return { problem: 'must have at least one item' };
    return unknown.length === 0
      ? { value: items }
      : { problem: `has unknown items (${unknown.join(', ')}); allowed are ${words ?? ''}` };
  });
}
