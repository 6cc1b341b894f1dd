import { CODECS } from '@dozen/testing';
import fc from 'fast-check';
import { type Grade, worst } from '../grade.js';
import { legalOrder } from '../http/order-body.js';
import { plainText, textField } from '../texts.js';
import { HANDLED } from './handled.js';
import { brokenInstancesOf, CONTRACTS, instancesOf } from './instances.js';
import type { RecordCase, RecordOddity } from './record-oddity.js';
import {
  bytes,
  customers,
  frames,
  headers,
  headerTexts,
  ids,
  keys,
  orderBodies,
  orderIds,
  timestamps,
  transactions,
  values,
} from './record-values.js';

export const PLACE = 'dozen.PlaceOrder.v1';
export const CANCEL = 'dozen.CancelOrder.v1';
export const SNAPSHOT = 'dozen.ProductSnapshot.v1';
/** An external producer may send these. Every other message is written by its owner alone, so only broken ones are sent. */
const OPEN: ReadonlySet<string> = new Set([PLACE, CANCEL, SNAPSHOT]);

const everywhere = [
  { weight: 6, arbitrary: ids },
  { weight: 4, arbitrary: keys },
  { weight: 6, arbitrary: headers },
  { weight: 5, arbitrary: headerTexts },
  { weight: 2, arbitrary: timestamps },
  { weight: 2, arbitrary: values },
  { weight: 2, arbitrary: frames },
];
const ofPlaceOrder = fc.oneof(
  ...everywhere,
  { weight: 4, arbitrary: orderIds },
  { weight: 8, arbitrary: orderBodies },
  { weight: 6, arbitrary: customers },
  { weight: 3, arbitrary: bytes },
);
const ofOthers = fc.oneof(...everywhere);

const codecs = fc.constantFrom(...CODECS);
/** Two oddities of one kind would undo each other, such as a header's text and whether the header is there at all. */
const kindOf = (oddity: RecordOddity): string => {
  if (oddity.of === 'id') return 'header ce_id';
  return 'name' in oddity ? `header ${oddity.name}` : oddity.of;
};
const some = (oddity: fc.Arbitrary<RecordOddity>, minLength: number): fc.Arbitrary<RecordOddity[]> =>
  fc.uniqueArray(oddity, { minLength, maxLength: 2, selector: kindOf, size: 'max' });

const placeOrders: fc.Arbitrary<RecordCase> = fc.record({
  oddities: some(ofPlaceOrder, 0),
  type: fc.constant(PLACE),
  codec: codecs,
  payload: legalOrder,
});

const inTransactions: fc.Arbitrary<RecordCase> = fc.record({
  type: fc.constant(PLACE),
  codec: fc.constant('none'),
  payload: legalOrder,
  oddities: fc.tuple(transactions),
});

const cancelOrders: fc.Arbitrary<RecordCase> = fc.record({
  type: fc.constant(CANCEL),
  codec: codecs,
  payload: textField(200).map(({ value }) => ({ customerId: value })),
  // Whose order it is says nothing about whether the command is well-formed.
  oddities: some(ofOthers, 0).map((oddities): RecordOddity[] => [
    { of: 'payload', value: undefined, grade: 'free' },
    ...oddities,
  ]),
});

function broken(type: string): fc.Arbitrary<RecordCase> {
  const contract = CONTRACTS.get(type);
  if (contract === undefined) throw new Error(`${type} has no contract`);
  const payloads = fc.tuple(instancesOf(contract), brokenInstancesOf(contract), some(ofOthers, 0));
  return fc.record({ codec: codecs, payloads }).map(({ codec, payloads: [good, bad, oddities] }): RecordCase => {
    // A type that only its owner may write is sent broken only: a record that might be right would be taken for the owner's.
    const rightAlready = worst(oddities.map(({ grade }) => grade)) !== 'illegal';
    const payload: RecordOddity = { of: 'payload', value: bad, grade: 'illegal' };
    return {
      type,
      codec,
      payload: good,
      oddities: rightAlready ? [payload, ...oddities.filter(({ of }) => of === 'frame')] : oddities,
    };
  });
}

const snapshots: fc.Arbitrary<RecordCase> = fc.record({
  type: fc.constant(SNAPSHOT),
  codec: codecs,
  payload: fc.record({
    version: fc.integer({ min: 1, max: 1_000 }),
    name: plainText(1, 60),
    price: fc.record({
      amount: fc.oneof(fc.nat(), fc.constantFrom(0, Number.MAX_SAFE_INTEGER)),
      currency: fc.constantFrom('EUR', 'HUF', 'JPY', 'KWD'),
    }),
  }),
  oddities: some(ofOthers, 0),
});

const owned = [...CONTRACTS.keys()]
  .filter((type) => HANDLED.has(type) && !OPEN.has(type))
  .map((type) => ({ weight: 1, arbitrary: broken(type) }));

/** Records: mostly for the topic that is open to external producers, and some for each of the others. */
export const recordCases: fc.Arbitrary<RecordCase> = fc.oneof(
  { weight: 60, arbitrary: placeOrders },
  { weight: 8, arbitrary: cancelOrders },
  { weight: 8, arbitrary: snapshots },
  { weight: 1, arbitrary: inTransactions },
  ...owned,
);

/** The grade of a record as a whole. */
export function gradeOf({ oddities }: RecordCase): Grade {
  if (oddities.some(({ of }) => of === 'frame')) return 'free';
  // An oddity that replaces the payload and one that changes it undo each other.
  const payload = oddities.filter(
    ({ of }) => of === 'payload' || of === 'bytes' || of === 'body' || of === 'customer' || of === 'value',
  );
  // A topic of events may carry a type that nobody handles; it is ignored.
  const otherType = oddities.some((odd) => odd.of === 'header-text' && odd.name === 'ce_type');
  if (payload.length > 1 || otherType) return 'free';
  return worst(oddities.map(({ grade }) => grade));
}
