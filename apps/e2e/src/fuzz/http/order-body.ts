import fc from 'fast-check';
import type { Grade, Graded } from '../grade.js';
import { brokenText, plainText, textField } from '../texts.js';

/** A few products have units enough for long runs; the others run out, which ends an order, too. */
const SKUS = [
  'COFFEE-1KG',
  'TEA-GREEN',
  'COCOA-500G',
  'COFFEE-250G',
  'TEA-BLACK',
  'HONEY-500G',
  'FILTER-100',
  'MUG-BLUE',
  'RARE-1',
  'SOLD-OUT',
];
/** `tok_timeout` and `tok_slow` hold a connection for seconds: chaos has them. */
const TOKENS = ['tok_ok', 'tok_ok', 'tok_ok', 'tok_declined', 'tok_flaky', 'tok_unknown'];

/** What every customer may order. */
export const legalOrder = fc.record({
  items: fc.uniqueArray(fc.record({ sku: fc.constantFrom(...SKUS), quantity: fc.integer({ min: 1, max: 3 }) }), {
    minLength: 1,
    maxLength: 3,
    selector: ({ sku }) => sku,
  }),
  paymentToken: fc.constantFrom(...TOKENS),
});
export type LegalOrder = {
  readonly items: readonly { readonly sku: string; readonly quantity: number }[];
  readonly paymentToken: string;
};

const g = <T>(grade: Grade, values: fc.Arbitrary<T>): fc.Arbitrary<Graded<T>> =>
  values.map((value) => ({ grade, value }));

const skuValues: fc.Arbitrary<Graded<unknown>> = fc.oneof(
  g('legal', fc.constantFrom('NO-SUCH-SKU', 'A', '0', `A${'-'.repeat(39)}`)),
  g(
    'illegal',
    fc.constantFrom(
      '',
      'mug-blue',
      'MUG BLUE',
      ' MUG-BLUE',
      'MUG-BLUE\n',
      '-A',
      `A${'B'.repeat(40)}`,
      'МUG-BLUE',
      null,
      7,
      true,
      [],
      {},
      ['MUG-BLUE'],
    ),
  ),
  g('illegal', brokenText),
);

const quantityValues: fc.Arbitrary<Graded<unknown>> = fc.oneof(
  g('legal', fc.constantFrom(1, 2, 1000)),
  g('illegal', fc.constantFrom(0, -1, 1001, 1.5, 2 ** 31, 2 ** 53, -(2 ** 53), 1e308, '1', null, true, [], {}, [1])),
);

const tokenValues: fc.Arbitrary<Graded<unknown>> = fc.oneof(
  textField(200),
  g('illegal', fc.constantFrom<unknown>(null, 7, true, [], {}, ['tok_ok'], { toString: 'tok_ok' })),
);

/** One change of a legal order. Sizes of lists go past every bound. */
export type OrderChange =
  | { readonly at: 'sku' | 'quantity' | 'paymentToken'; readonly grade: Grade; readonly value: unknown }
  | { readonly at: 'lines'; readonly grade: Grade; readonly count: number }
  | { readonly at: 'same-sku'; readonly grade: Grade }
  | { readonly at: 'missing'; readonly grade: Grade; readonly field: string }
  | {
      readonly at: 'unknown';
      readonly grade: Grade;
      readonly count: number;
      readonly name: string;
      readonly where: 'body' | 'line';
    }
  | { readonly at: 'whole'; readonly grade: Grade; readonly value: unknown };

const change = (
  at: 'sku' | 'quantity' | 'paymentToken',
  values: fc.Arbitrary<Graded<unknown>>,
): fc.Arbitrary<OrderChange> => values.map(({ grade, value }) => ({ at, grade, value }));

export const orderChanges: fc.Arbitrary<OrderChange> = fc.oneof(
  { weight: 4, arbitrary: change('paymentToken', tokenValues) },
  { weight: 2, arbitrary: change('sku', skuValues) },
  { weight: 2, arbitrary: change('quantity', quantityValues) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(0, 2, 49, 50, 51, 500)
      .map((count): OrderChange => ({ at: 'lines', count, grade: count >= 1 && count <= 50 ? 'legal' : 'illegal' })),
  },
  { weight: 1, arbitrary: fc.constant<OrderChange>({ at: 'same-sku', grade: 'illegal' }) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('items', 'paymentToken', 'sku', 'quantity')
      .map((field): OrderChange => ({ at: 'missing', field, grade: 'illegal' })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({
        count: fc.constantFrom(1, 1, 1, 1, 2, 100, 5_000),
        name: fc.oneof(
          fc.constantFrom('x', '__proto__', 'constructor', 'prototype', 'a/b~c', 'ключ'),
          plainText(1, 20),
        ),
        where: fc.constantFrom('body' as const, 'line' as const),
      })
      .map((unknown): OrderChange => ({ at: 'unknown', grade: 'illegal', ...unknown })),
  },
  {
    weight: 1,
    arbitrary: fc
      .oneof(fc.constantFrom<unknown>(null, [], {}, 'order', 7, true, [[]], [{}]), fc.jsonValue({ maxDepth: 3 }))
      .map((value): OrderChange => ({ at: 'whole', grade: 'illegal', value })),
  },
);

/** A later change may undo an earlier one, so with several changes nothing is known unless all are legal. */
function gradeOf(changes: readonly OrderChange[]): Grade {
  const [only] = changes;
  if (only !== undefined && changes.length === 1) return only.grade;
  return changes.every(({ grade }) => grade === 'legal') ? 'legal' : 'free';
}

export interface OrderBody {
  readonly grade: Grade;
  readonly json: string;
}

/** The body with the changes made, one after the other. What is no object any more is changed no further. */
export function orderBody(order: LegalOrder, changes: readonly OrderChange[]): OrderBody {
  const body = changes.reduce<unknown>((before, change) => {
    if (typeof before !== 'object' || before === null || Array.isArray(before)) return before;
    return changed({ ...order, ...before, items: [...((before as Partial<Draft>).items ?? [])] }, change);
  }, order);
  return { grade: gradeOf(changes), json: JSON.stringify(body) };
}

interface Draft {
  readonly items: readonly unknown[];
  readonly [name: string]: unknown;
}

function changed(body: Draft, change: OrderChange): unknown {
  const [first, ...others] = body.items as readonly (object | undefined)[];
  switch (change.at) {
    case 'paymentToken':
      return { ...body, paymentToken: change.value };
    case 'sku':
    case 'quantity':
      return { ...body, items: [{ ...first, [change.at]: change.value }, ...others] };
    case 'lines':
      return { ...body, items: Array.from({ length: change.count }, (_, n) => ({ sku: `LINE-${n}`, quantity: 1 })) };
    case 'same-sku':
      return { ...body, items: ['TEA-GREEN', 'TEA-GREEN'].map((sku) => ({ sku, quantity: 1 })) };
    case 'missing': {
      // undefined is left out of JSON.
      const gone = { [change.field]: undefined };
      return change.field === 'items' || change.field === 'paymentToken'
        ? { ...body, ...gone }
        : { ...body, items: [{ ...first, ...gone }] };
    }
    case 'unknown':
      return change.where === 'line'
        ? { ...body, items: [withUnknown(first, change), ...others] }
        : withUnknown(body, change);
    case 'whole':
      return change.value;
  }
}

/** Without a prototype: to be __proto__ is a field like any other there. */
function withUnknown(known: object | undefined, { name, count }: { name: string; count: number }): object {
  const extra = Array.from({ length: count }, (_, n) => [n === 0 ? name : `${name}${n}`, n] as const);
  return Object.assign(Object.create(null) as object, known, Object.fromEntries(extra));
}
