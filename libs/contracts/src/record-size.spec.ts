import { z } from 'zod';
import * as contracts from './index.js';

/** What the relay puts into one request (messaging's `relaySendBytes`); a broker takes 1,048,588 unless somebody set it. */
const REQUEST_BYTES = 900_000;
/** Key, headers and framing at their bounds: messaging's encode.spec.ts shows that they are fewer. */
const BESIDES_BYTES = 16 * 1024;
/** JSON's escape of a control character, which is the longest way to write a UTF-16 unit. */
const UNIT_BYTES = '\\u0001'.length;

interface Json {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Json>>;
  readonly items?: Json;
  readonly maxItems?: number;
  readonly maxLength?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly format?: string;
}

const jsonOf = (schema: z.ZodType): Json => z.toJSONSchema(schema, { io: 'input' }) as Json;
/** Forms that bound their length by themselves: the longest of each. */
const LONGEST = [
  { schema: contracts.orderId, text: '01932c07-2ab6-7000-8000-000000000000' },
  { schema: contracts.sku, text: 'A'.repeat(40) },
  { schema: contracts.currency, text: 'EUR' },
];
const lengths = new Map(LONGEST.map(({ schema, text }) => [jsonOf(schema).pattern, text.length]));

/** Of any JSON text that the schema lets through; throws for what has no end. */
function mostBytes({ type, properties = {}, ...schema }: Json): number {
  if (schema.enum !== undefined) return Math.max(...schema.enum.map((one) => JSON.stringify(one).length));
  if (type === 'object') {
    const fields = Object.entries(properties).map(([name, field]) => name.length + '"":,'.length + mostBytes(field));
    return fields.reduce((sum, bytes) => sum + bytes, '{}'.length);
  }
  if (type === 'array' && schema.items !== undefined) {
    // An order's lines in an event are those of its command, and so no more.
    const { maxItems = contracts.MAX_LINES, items } = schema;
    return '[]'.length + maxItems * (mostBytes(items) + ','.length);
  }
  if (type === 'integer' && schema.maximum !== undefined) return String(schema.maximum).length;
  const length = schema.maxLength ?? lengths.get(schema.pattern);
  if (type !== 'string' || length === undefined) throw new Error(`no end: ${JSON.stringify({ type, ...schema })}`);
  return '""'.length + UNIT_BYTES * length;
}

const messages = Object.values(contracts).filter(
  (one): one is typeof contracts.PlaceOrder => typeof one === 'object' && 'topic' in one && 'schema' in one,
);

describe('the largest record', () => {
  it.each(LONGEST)('is reckoned with the longest text of its form: $text', ({ schema, text }) => {
    expect(schema.safeParse(`${text}${text.slice(-1)}`).success).toBe(false);
  });

  it('is reckoned of every contract', () => {
    expect(messages).toHaveLength(15);
  });

  it.each(messages.map((message) => [message.name, message] as const))(
    'of %s fits into a request',
    (_name, { schema }) => {
      expect(mostBytes(jsonOf(schema)) + BESIDES_BYTES).toBeLessThan(REQUEST_BYTES);
    },
  );

  it('is an OrderPlaced of less than 90 kB', () => {
    const sizes = messages.map(({ name, schema }) => ({ name, bytes: mostBytes(jsonOf(schema)) }));
    const largest = sizes.reduce((most, one) => (one.bytes > most.bytes ? one : most));
    expect(largest.name).toBe('OrderPlaced');
    expect(largest.bytes).toBeLessThan(90_000);
  });

  it('of a PlaceOrder that is filled to its bounds is no larger than reckoned', () => {
    const placed = {
      orderId: '01932c07-2ab6-7000-8000-000000000000',
      customer: { id: '\u0001'.repeat(200), email: `${'a'.repeat(64)}@${'b'.repeat(60)}.example.org`, locale: 'en-GB' },
      items: Array.from({ length: contracts.MAX_LINES }, (_, n) => ({
        sku: `${'A'.repeat(38)}${String(n).padStart(2, '0')}`,
        quantity: contracts.MAX_QUANTITY,
      })),
      paymentToken: '\u0001'.repeat(200),
    };
    const { schema } = contracts.PlaceOrder;
    expect(schema.safeParse(placed).success).toBe(true);
    expect(JSON.stringify(placed).length).toBeLessThanOrEqual(mostBytes(jsonOf(schema)));
    expect(JSON.stringify(placed).length).toBeGreaterThan(5_000);
  });
});
