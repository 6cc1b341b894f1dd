import { z } from 'zod';
import { refusals } from './compatible.js';
import type { JsonSchema } from './json-schema.js';

const schemaOf = (schema: z.ZodType): JsonSchema => z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
const before = { id: z.uuid(), state: z.enum(['a', 'b']), amount: z.int().min(0), note: z.string().max(10).optional() };

/** Of a change: what readers of before make of writers of after, and the other way round. */
function change(after: z.ZodRawShape): { oldReaders: string[]; newReaders: string[] } {
  const [old, next] = [schemaOf(z.object(before)), schemaOf(z.object(after))];
  return { oldReaders: refusals(old, next), newReaders: refusals(next, old) };
}

describe('a change of a contract', () => {
  it('is nobody’s business when it adds a field that need not be there, or changes nothing', () => {
    expect(change(before)).toEqual({ oldReaders: [], newReaders: [] });
    expect(change({ ...before, more: z.string().optional() })).toEqual({ oldReaders: [], newReaders: [] });
  });

  it('breaks new readers when it adds a field that must be there', () => {
    const { oldReaders, newReaders } = change({ ...before, more: z.string() });
    expect(oldReaders).toEqual([]);
    expect(newReaders).toEqual(['the payload may lack more']);
  });

  it('breaks old readers when a field that must be there goes', () => {
    const { note, id, state } = before;
    expect(change({ id, state, note }).oldReaders).toEqual(['the payload may lack amount']);
  });

  it.each<[string, z.ZodRawShape, RegExp]>([
    ['a value more', { ...before, state: z.enum(['a', 'b', 'c']) }, /state may be c/],
    ['any value', { ...before, state: z.string() }, /state may be other than a, b/],
    ['a wider number', { ...before, amount: z.int().min(-5) }, /amount may go beyond its minimum/],
    ['a longer text', { ...before, note: z.string().max(20).optional() }, /note may go beyond its maxLength/],
    ['no format', { ...before, id: z.string() }, /id may go beyond its format/],
    ['a field that may be missing', { ...before, id: z.uuid().optional() }, /may lack id/],
    ['null', { ...before, amount: z.int().min(0).nullable() }, /amount has an alternative that is not known/],
  ])('breaks old readers when it allows %s', (_name, after, refusal) => {
    expect(change(after).oldReaders.join('\n')).toMatch(refusal);
    expect(change(after).newReaders).toEqual([]);
  });

  it('breaks both when it takes another type', () => {
    expect(change({ ...before, amount: z.string() })).toEqual({
      oldReaders: ['amount is string and not integer', 'amount may go beyond its minimum (0)', expect.any(String)],
      newReaders: ['amount is integer and not string'],
    });
  });

  it('is seen inside of lists', () => {
    const list = (quantity: z.ZodType) => schemaOf(z.object({ items: z.array(z.object({ quantity })) }));
    expect(refusals(list(z.int().max(10)), list(z.int().max(20)))).toEqual(['quantity may go beyond its maximum (10)']);
  });
});
