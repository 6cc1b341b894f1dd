import { readFileSync } from 'node:fs';
import { contractsIn, CURRENCIES, type MessageContract, readVersion, versionsOf } from '@dozen/kernel';
import fc from 'fast-check';
import { z } from 'zod';
import * as contracts from './index.js';

/** The part of JSON Schema that the contracts use. Whatever else turns up has no instances here: that fails. */
interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

const released = JSON.parse(readFileSync(new URL('../released/messages.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, { readonly schema: JsonSchema }>
>;
const current = new Map(
  contractsIn(contracts).flatMap((contract) => versionsOf(contract).map((version) => [version.type, contract])),
);

/** A field that neither release knows, as one more release would add it. */
const UNKNOWN = 'x-unknown';

/** What a producer may write by a schema, fields that nobody knows among it. */
function written(schema: JsonSchema): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'object':
      return objects(schema);
    case 'array':
      return lists(schema);
    case 'string':
      return texts(schema);
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -1_000_000, max: Math.min(schema.maximum ?? 1_000_000, 1_000_000) });
    case 'boolean':
      return fc.boolean();
    default:
      throw new Error(`no instances of ${JSON.stringify(schema)}`);
  }
}

function objects({ properties = {}, required = [] }: JsonSchema): fc.Arbitrary<unknown> {
  const fields = Object.entries(properties).map(([name, schema]) => [name, written(schema)] as const);
  const all: Record<string, fc.Arbitrary<unknown>> = Object.fromEntries([...fields, [UNKNOWN, fc.jsonValue()]]);
  return fc.record(all, { requiredKeys: [...required] });
}

function lists({ items, minItems = 0, maxItems = 3 }: JsonSchema): fc.Arbitrary<unknown> {
  if (items === undefined) throw new Error('a list of anything has no instances');
  const length = { minLength: minItems, maxLength: Math.max(minItems, Math.min(maxItems, 3)) };
  // "A SKU stands on one line only" is a rule of the contracts that JSON Schema cannot say.
  return fc.uniqueArray(written(items), {
    ...length,
    selector: (line) => (line as { sku?: string }).sku ?? fc.stringify(line),
  });
}

/** "Three capitals" is what JSON Schema says of a currency; that it is one of ISO 4217 it cannot say. */
const CURRENCY_PATTERN = '^[A-Z]{3}$';

/** Addresses that both releases take, and texts no longer than what both bound: for the rest see released/accepted.json. */
const ADDRESS_OF_BOTH = /^[a-z0-9_+]{1,20}@[a-z0-9]{1,20}\.[a-z]{2,6}$/;
const LENGTH_OF_BOTH = 35;
/** A mail's name: readers take any of this form, and the notifier writes those of the last release. */
const MAIL_PATTERN = '^[a-z]+(?:-[a-z]+)*$';
const MAILS_OF_BOTH = ['order-placed', 'order-confirmed', 'order-rejected', 'order-cancelled', 'order-refunded'];

function texts(schema: JsonSchema): fc.Arbitrary<string> {
  const { pattern, format, minLength = 0, maxLength = format === 'uuid' ? 36 : LENGTH_OF_BOTH } = schema;
  if (pattern === MAIL_PATTERN) return fc.constantFrom(...MAILS_OF_BOTH);
  if (pattern === CURRENCY_PATTERN) return fc.constantFrom(...CURRENCIES);
  if (format === 'email') return fc.stringMatching(ADDRESS_OF_BOTH);
  if (pattern === undefined) return fc.string({ minLength, maxLength: Math.min(maxLength, 20) });
  return fc.stringMatching(new RegExp(pattern)).filter((text) => text.length >= minLength && text.length <= maxLength);
}

/** What a reader makes of a message; the test's failure shows why it refuses. */
function read(contract: MessageContract, type: string, payload: unknown): unknown {
  const result = readVersion(contract, type, payload);
  expect(result.issues).toBeUndefined();
  return result.issues === undefined ? result.value : undefined;
}

describe.each(Object.entries(released))('%s', (type, { schema }) => {
  it('of a producer of the last release is read by the consumers of this one', () => {
    const contract = current.get(type);
    if (contract === undefined) throw new Error(`${type} has no contract any more`);
    fc.assert(
      fc.property(written(schema), (payload) => {
        expect(read(contract, type, payload)).not.toHaveProperty(UNKNOWN);
      }),
    );
  });

  it('of a producer of this release is read by the consumers of the last one', () => {
    const contract = current.get(type);
    const today = contract && versionsOf(contract).find((version) => version.type === type);
    if (today === undefined) throw new Error(`${type} has no contract any more`);
    const lastRelease = z.fromJSONSchema(schema as z.core.JSONSchema.JSONSchema);
    const todays = z.toJSONSchema(today.schema as z.ZodType, { io: 'input' }) as JsonSchema;
    fc.assert(
      fc.property(written(todays), (payload) => {
        expect(lastRelease.safeParse(payload).error).toBeUndefined();
      }),
    );
  });
});
