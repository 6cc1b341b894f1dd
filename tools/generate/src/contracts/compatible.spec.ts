import { z } from 'zod';
import { refusals } from './compatible.js';
import type { JsonSchema } from './json-schema.js';

const schemaOf = (schema: z.ZodType): JsonSchema => z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
const before = {
  id: z.uuid(),
  state: z.enum(['a', 'b']),
  amount: z.int().min(0),
  note: z.string().min(1).max(10).optional(),
  kind: z.literal('sale'),
  code: z.string().regex(/^[A-Z]$/),
  lines: z.array(z.string()).min(1).max(2),
  rate: z.number(),
};

/** The refusals of a change: what the old readers make of the new writers, and the other way round. */
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
    const { amount: _gone, ...after } = before;
    expect(change(after).oldReaders).toEqual(['the payload may lack amount']);
  });

  it.each<[string, z.ZodRawShape, RegExp]>([
    ['a value more', { ...before, state: z.enum(['a', 'b', 'c']) }, /state may be c/],
    ['any value', { ...before, state: z.string() }, /state may be other than a, b/],
    ['a wider number', { ...before, amount: z.int().min(-5) }, /amount may go beyond its minimum/],
    ['a longer text', { ...before, note: z.string().min(1).max(20).optional() }, /note may go beyond its maxLength/],
    ['no text', { ...before, note: z.string().max(10).optional() }, /note may go beyond its minLength/],
    ['a longer list', { ...before, lines: z.array(z.string()).min(1) }, /lines may go beyond its maxItems/],
    ['no list', { ...before, lines: z.array(z.string()).max(2) }, /lines may go beyond its minItems/],
    ['a value beside the only one', { ...before, kind: z.enum(['sale', 'gift']) }, /kind may be gift/],
    ['any text', { ...before, code: z.string() }, /code may go beyond its pattern/],
    ['no format', { ...before, id: z.string() }, /id may go beyond its format/],
    ['a field that may be missing', { ...before, id: z.uuid().optional() }, /may lack id/],
    ['null', { ...before, amount: z.int().min(0).nullable() }, /amount has an alternative that is not known/],
  ])('breaks old readers when it allows %s', (_name, after, refusal) => {
    expect(change(after).oldReaders.join('\n')).toMatch(refusal);
    expect(change(after).newReaders).toEqual([]);
  });

  it('breaks new readers alone when a number becomes an integer', () => {
    const { oldReaders, newReaders } = change({ ...before, rate: z.int() });
    expect(oldReaders).toEqual([]);
    expect(newReaders).toContain('rate is number and not integer');
  });

  it('breaks both when it takes another pattern', () => {
    const refusal = [expect.stringContaining('code may go beyond its pattern')];
    expect(change({ ...before, code: z.string().regex(/^[a-z]$/) })).toEqual({
      oldReaders: refusal,
      newReaders: refusal,
    });
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
