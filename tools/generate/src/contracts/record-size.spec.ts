import fc from 'fast-check';
import { z } from 'zod';
import type { JsonSchema } from './json-schema.js';
import type { Message } from './read.js';
import { largestValue, sizeFaults } from './record-size.js';

const messageOf = (schema: z.ZodType): Message => ({
  type: 'dozen.Placed.v1',
  name: 'Placed',
  version: 1,
  topic: 'orders.events',
  schema: z.toJSONSchema(schema, { io: 'input' }) as JsonSchema,
  consumers: [],
  announced: false,
  replacedBy: undefined,
});
const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

const line = z.object({ sku: z.string().regex(/^[A-Z][A-Z0-9-]{0,39}$/), name: z.string().max(20), quantity: z.int() });
const placed = z.object({
  id: z.uuid(),
  lines: z.array(line).max(3),
  state: z.enum(['open', 'closed']),
  total: z.int().min(0),
  rate: z.number().optional(),
  paid: z.boolean(),
  kind: z.literal('sale'),
  by: z.string().max(5).nullable(),
});

describe('the largest record of a message', () => {
  it('is what its longest texts, lists and numbers make of it', () => {
    const largest = {
      id: '\u0001'.repeat(36),
      lines: Array(3).fill({ sku: '\u0001'.repeat(40), name: '\u0001'.repeat(20), quantity: Number.MIN_SAFE_INTEGER }),
      state: 'closed',
      total: Number.MAX_SAFE_INTEGER,
      rate: -1e-300 / 3,
      paid: false,
      kind: 'sale',
      by: '\u0001'.repeat(5),
    };
    // A comma is counted after the last entry, too, of each of the four objects and of the list.
    expect(largestValue(messageOf(placed))).toBe(bytesOf(largest) + 5);
  });

  it('is not exceeded by any value that the schema lets through', () => {
    const schema = z.object({ notes: z.array(z.string().max(20)).max(3), rate: z.number(), count: z.int() });
    const unit = fc.constantFrom('\u0001', '"', '\\', '\u2028', '\uFFFF', 'é', '😀', 'a');
    const note = fc.oneof(
      fc.string({ unit, maxLength: 20 }).map((text) => text.slice(0, 20).toWellFormed()),
      unit.map((one) => one.repeat(20).slice(0, 20)),
    );
    const values = fc.record({
      notes: fc.oneof(
        fc.array(note, { maxLength: 3 }),
        note.map((one) => [one, one, one]),
      ),
      rate: fc.double({ noNaN: true, noDefaultInfinity: true }),
      count: fc.maxSafeInteger(),
    });
    const largest = largestValue(messageOf(schema)) ?? 0;
    fc.assert(
      fc.property(values, (value) => {
        expect(schema.safeParse(value).error).toBeUndefined();
        expect(bytesOf(value)).toBeLessThanOrEqual(largest);
      }),
    );
  });

  it.each<[string, z.ZodType, string]>([
    ['a text', z.string(), 'field may have any length'],
    ['a form', z.string().regex(/^[a-z]+$/), 'field may have any length'],
    ['a form with an open end', z.string().regex(/^[a-z]{2}/), 'field may have any length'],
    ['a list', z.array(z.int()), 'field may have any number of entries'],
    ['a value', z.unknown(), 'field may be anything'],
    ['what is in a list', z.array(z.string()).max(2), 'field[] may have any length'],
  ])('has no bound where %s has none', (_name, field, why) => {
    const message = messageOf(z.object({ field }));
    expect(largestValue(message)).toBeUndefined();
    expect(sizeFaults([message], 1_000_000)).toEqual([`dozen.Placed.v1: ${why}`]);
  });

  it('must fit into what the relay sends at once', () => {
    const bytes = largestValue(messageOf(placed)) ?? 0;
    expect(sizeFaults([messageOf(placed)], bytes)).toEqual([]);
    expect(sizeFaults([messageOf(placed)], bytes - 1)).toEqual([
      `dozen.Placed.v1 may have ${bytes} bytes, and a record takes ${bytes - 1}`,
    ]);
  });
});
