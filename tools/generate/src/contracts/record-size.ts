import type { JsonSchema } from './json-schema.js';
import type { Message } from './read.js';

/**
 * Bytes of JSON in UTF-8 for one UTF-16 code unit of text, at most: a control character is six ASCII characters (`\u0001`);
 * a quote and a backslash are two, and what is not ASCII is three.
 */
const BYTES_PER_UNIT = 6;
/** A UUID has this form and no other. */
const UUID_LENGTH = 36;
/** The longest number that JSON.stringify writes: a sign, 17 digits, a point and an exponent. */
const LONGEST_NUMBER = 24;

/** A text, a list or a value of any kind without a bound. */
class Unbounded extends Error {}

/**
 * The most bytes that the value of a record can have by its contract; undefined where something in it has no bound. What is
 * published is what its schema has let through, so no event of an accepted command is larger.
 */
export function largestValue({ schema }: Pick<Message, 'schema'>): number | undefined {
  const size = sizeOf(schema);
  return typeof size === 'number' ? size : undefined;
}

/**
 * Messages that could be written and then not be sent, one sentence each: an order would hang on such an event. `mostBytes`
 * is what a record may have for its value.
 */
export function sizeFaults(messages: readonly Message[], mostBytes: number): string[] {
  return messages.flatMap(({ type, schema }) => {
    const size = sizeOf(schema);
    if (size instanceof Unbounded) return [`${type}: ${size.message}`];
    return size <= mostBytes ? [] : [`${type} may have ${size} bytes, and a record takes ${mostBytes}`];
  });
}

function sizeOf(schema: JsonSchema): number | Unbounded {
  try {
    return largest(schema, 'the payload');
  } catch (error) {
    if (error instanceof Unbounded) return error;
    throw error;
  }
}

/** In bytes of JSON. @throws Unbounded, naming the field. */
function largest(schema: JsonSchema, at: string): number {
  const { anyOf, enum: values, const: only, type } = schema;
  if (anyOf !== undefined) return Math.max(...anyOf.map((one) => largest(one, at)));
  if (values !== undefined) return Math.max(...values.map(bytesOf));
  if (only !== undefined) return bytesOf(only);
  switch (type) {
    case 'object':
      return largestObject(schema);
    case 'array':
      return largestList(schema, at);
    case 'string':
      return BYTES_PER_UNIT * longestText(schema, at) + 2;
    case 'integer':
      return Math.max(
        bytesOf(schema.minimum ?? Number.MIN_SAFE_INTEGER),
        bytesOf(schema.maximum ?? Number.MIN_SAFE_INTEGER),
      );
    case 'number':
      return LONGEST_NUMBER;
    case 'boolean':
      return bytesOf(false);
    case 'null':
      return bytesOf(null);
    default:
      throw new Unbounded(`${at} may be anything`);
  }
}

function largestObject({ properties = {} }: JsonSchema): number {
  return Object.entries(properties).reduce((sum, [name, field]) => sum + bytesOf(name) + 2 + largest(field, name), 2);
}

function largestList({ items, maxItems }: JsonSchema, at: string): number {
  if (items === undefined || maxItems === undefined) throw new Unbounded(`${at} may have any number of entries`);
  return 2 + maxItems * (largest(items, `${at}[]`) + 1);
}

function longestText({ format, maxLength, pattern }: JsonSchema, at: string): number {
  const length = format === 'uuid' ? UUID_LENGTH : (maxLength ?? longestOf(pattern));
  if (length === undefined) throw new Unbounded(`${at} may have any length`);
  return length;
}

/** The longest text of a pattern that is a row of character classes, each once or counted, such as `^[A-Z][A-Z0-9-]{0,39}$`. */
function longestOf(pattern = ''): number | undefined {
  const row = /^\^((?:\[[^\]]+\](?:\{\d+(?:,\d+)?\})?)+)\$$/.exec(pattern)?.[1];
  if (row === undefined) return undefined;
  return [...row.matchAll(/\[[^\]]+\](?:\{(?:\d+,)?(\d+)\})?/g)].reduce((sum, [, most = '1']) => sum + Number(most), 0);
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
