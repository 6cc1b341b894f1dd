import { z } from 'zod';

/** A value that is right and must not be used where it counts: in production and in staging. */
export interface Unsafe {
  /** For documents: `unencrypted to another machine`. */
  readonly what: string;
  /** Says why this value is unsafe, without repeating any of it; undefined for a safe one. */
  because(value: unknown): string | undefined;
}

/** What `.meta()` of a variable may say. */
export interface VariableMeta {
  /** One line for the operator: what it is for, with its unit. Required. */
  readonly description?: string;
  /** A value that would be accepted; goes into .env.example when there is no default. Never a real secret. */
  readonly example?: string;
  /** Never printed, logged or hashed. */
  readonly secret?: boolean;
  /** Which of its values production refuses. */
  readonly unsafe?: Unsafe;
  /** How documents call the type; the env helpers fill it in. */
  readonly type?: string;
}

/** Follows wrappers (`default`, `optional`, a transform's input), so that `.meta()` may stand before or after them. */
export function metaOf(schema: z.core.$ZodType): VariableMeta {
  const inner = innerOf(schema);
  return { ...(inner === undefined ? {} : metaOf(inner)), ...pick(z.globalRegistry.get(schema) ?? {}) };
}

function innerOf(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  const def: object = schema._zod.def;
  for (const key of ['innerType', 'in'] as const) {
    const inner: unknown = Reflect.get(def, key);
    if (inner instanceof z.core.$ZodType) return inner;
  }
  return undefined;
}

function pick(meta: Record<string, unknown>): VariableMeta {
  const { description, example, secret, type, unsafe } = meta;
  return {
    ...(typeof description === 'string' ? { description } : {}),
    ...(typeof example === 'string' || typeof example === 'number' ? { example: String(example) } : {}),
    ...(typeof secret === 'boolean' ? { secret } : {}),
    ...(typeof type === 'string' ? { type } : {}),
    ...(isUnsafe(unsafe) ? { unsafe } : {}),
  };
}

function isUnsafe(value: unknown): value is Unsafe {
  return typeof value === 'object' && value !== null && 'what' in value && 'because' in value;
}
