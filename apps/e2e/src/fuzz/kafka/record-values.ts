import fc from 'fast-check';
import type { Grade } from '../grade.js';
import { BYTES_CHANGES, type BytesChange } from '../http/oddity.js';
import { orderChanges } from '../http/order-body.js';
import {
  DOUBTFUL_EMAILS,
  ILLEGAL_EMAILS,
  ILLEGAL_SPELLINGS,
  LEGAL_EMAILS,
  LEGAL_SPELLINGS,
  plainText,
  textField,
} from '../texts.js';
import { BAD_FRAMES, HEADER_FORMS, type HeaderForm, KEY_FORMS, type RecordOddity } from './record-oddity.js';

const DAY_MS = 24 * 60 * 60 * 1000;

export const ids: fc.Arbitrary<RecordOddity> = fc.oneof(
  fc.constantFrom(...LEGAL_SPELLINGS).map((spelling): RecordOddity => ({ of: 'id', spelling, ms: 0, grade: 'legal' })),
  fc.constantFrom(...ILLEGAL_SPELLINGS).map((spelling): RecordOddity => ({
    of: 'id',
    spelling,
    ms: 0,
    grade: spelling === 'padded' ? 'free' : 'illegal',
  })),
  fc
    .constantFrom(-13 * DAY_MS, -DAY_MS, 60_000)
    .map((ms): RecordOddity => ({ of: 'id', spelling: 'small', ms, grade: 'legal' })),
  fc
    .constantFrom(-15 * DAY_MS, -10_000 * DAY_MS, 10 * 60_000, 10_000 * DAY_MS)
    .map((ms): RecordOddity => ({ of: 'id', spelling: 'small', ms, grade: 'illegal' })),
);

export const orderIds: fc.Arbitrary<RecordOddity> = fc.oneof(
  // One spelling inside, or refused at the door.
  fc
    .constantFrom(...LEGAL_SPELLINGS)
    .map((spelling): RecordOddity => ({ of: 'order-id', spelling, grade: spelling === 'small' ? 'legal' : 'free' })),
  fc
    .constantFrom(...ILLEGAL_SPELLINGS)
    .map((spelling): RecordOddity => ({ of: 'order-id', spelling, grade: 'illegal' })),
);

export const keys: fc.Arbitrary<RecordOddity> = fc
  .constantFrom(...KEY_FORMS)
  .map((form): RecordOddity => ({ of: 'key', form, grade: form === 'capitals' ? 'free' : 'illegal' }));

const REQUIRED = ['ce_specversion', 'ce_id', 'ce_type', 'ce_source'];
const KNOWN = [
  ...REQUIRED,
  'ce_time',
  'ce_subject',
  'traceparent',
  'tracestate',
  'correlationid',
  'causationid',
  'content-type',
  'ce_fixedby',
  'ce_fixreason',
  'ce_datacontenttype',
  'ce_dataschema',
];
/** Nobody's: whatever is in them must not matter. */
const FOREIGN = ['x-custom', 'X-B3-TraceId', 'spring_json_header_types', '__TypeId__', 'ключ', ''];

function headerGrade(name: string, form: HeaderForm): Grade {
  if (FOREIGN.includes(name)) return 'legal';
  if (form === 'missing') return REQUIRED.includes(name) ? 'illegal' : 'legal';
  return 'free';
}

export const headers: fc.Arbitrary<RecordOddity> = fc
  .tuple(fc.constantFrom(...KNOWN, ...FOREIGN), fc.constantFrom(...HEADER_FORMS))
  .map(([name, form]): RecordOddity => ({ of: 'header', name, form, grade: headerGrade(name, form) }));

const text = (name: string, grade: Grade, texts: fc.Arbitrary<string>): fc.Arbitrary<RecordOddity> =>
  texts.map((value): RecordOddity => ({ of: 'header-text', name, text: value, grade }));

export const headerTexts: fc.Arbitrary<RecordOddity> = fc.oneof(
  text(
    'ce_time',
    'legal',
    fc.constantFrom(
      '2026-11-28T05:00:00Z',
      '2026-11-28T05:00:00.123456789Z',
      '2026-11-28T05:00:00+14:00',
      '2026-11-28T05:00:00-00:00',
      '1970-01-01T00:00:00Z',
    ),
  ),
  text(
    'ce_time',
    'free',
    fc.constantFrom(
      '2026-11-28t05:00:00z',
      '2026-12-31T23:59:60Z',
      '0000-01-01T00:00:00Z',
      '9999-12-31T23:59:59Z',
      '2026-11-28',
      '2026-11-28 05:00:00Z',
      'Sat, 28 Nov 2026 05:00:00 GMT',
      '1764306000000',
      '+275760-09-13T00:00:00Z',
      '-271821-04-20T00:00:00Z',
      '2026-W48',
    ),
  ),
  text('ce_time', 'illegal', fc.constantFrom('now', 'yesterday', '2026-13-01T00:00:00Z', 'x'.repeat(2_000))),
  text('ce_specversion', 'illegal', fc.constantFrom('0.3', '1', '1.0 ', '2.0', 'x')),
  text('ce_source', 'free', plainText(1, 40)),
  text(
    'ce_type',
    'free',
    fc.constantFrom(
      'dozen.PlaceOrder.v2',
      'dozen.PlaceOrder.v0',
      'dozen.PlaceOrder',
      'DOZEN.PLACEORDER.V1',
      'dozen.Nothing.v1',
      '__proto__',
      'constructor',
      'dozen.OrderPlaced.v1',
      'dozen.ProductSnapshot.v1',
      ' ',
    ),
  ),
  text('ce_subject', 'illegal', fc.constantFrom('x', '01890a5d-ac96-774b-bcce-b302099a8057')),
  text('correlationid', 'free', fc.oneof(plainText(1, 40), fc.constantFrom('x'.repeat(300), 'x'.repeat(100_000)))),
  text('causationid', 'free', plainText(1, 40)),
  text(
    'traceparent',
    'legal',
    fc.constantFrom(
      '',
      'x',
      '00-0-0-0',
      '00-00000000000000000000000000000000-0000000000000000-00',
      'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    ),
  ),
  text(
    'content-type',
    'free',
    fc.constantFrom(
      'application/json',
      'application/cloudevents+json',
      'application/json; charset=utf-16',
      'text/plain',
      'application/avro',
      'application/octet-stream',
      'x',
    ),
  ),
);

export const timestamps: fc.Arbitrary<RecordOddity> = fc.oneof(
  fc
    .constantFrom(-DAY_MS, -6 * DAY_MS, 60_000)
    .map((ms): RecordOddity => ({ of: 'timestamp', ms, fromNow: true, grade: 'legal' })),
  fc
    .constantFrom(-1, 0, 1, 253_402_300_799_999, 8_640_000_000_000_001, Number.MAX_SAFE_INTEGER)
    .map((ms): RecordOddity => ({ of: 'timestamp', ms, fromNow: false, grade: 'free' })),
);

const BYTES_GRADES: ReadonlyMap<BytesChange, Grade> = new Map([
  ['spaces', 'legal'],
  ['bom', 'free'],
  ['same-key', 'free'],
  ['huge', 'free'],
]);
export const bytes = fc
  .constantFrom(...BYTES_CHANGES)
  .map((how): RecordOddity => ({ of: 'bytes', how, grade: BYTES_GRADES.get(how) ?? 'illegal' }));

export const values: fc.Arbitrary<RecordOddity> = fc
  .constantFrom('null' as const, 'empty' as const, 'large' as const, 'too-large' as const)
  .map((how): RecordOddity => ({ of: 'value', how, grade: how === 'null' || how === 'empty' ? 'illegal' : 'free' }));

export const orderBodies: fc.Arbitrary<RecordOddity> = orderChanges.map((change): RecordOddity => ({
  of: 'body',
  change,
  // Contracts let unknown fields pass, for a newer producer.
  grade: change.at === 'unknown' ? 'free' : change.grade,
}));

const customer = (
  field: 'id' | 'email' | 'locale',
  grade: Grade,
  options: fc.Arbitrary<unknown>,
): fc.Arbitrary<RecordOddity> => options.map((value): RecordOddity => ({ of: 'customer', field, value, grade }));

export const customers: fc.Arbitrary<RecordOddity> = fc.oneof(
  customer('email', 'legal', fc.constantFrom(...LEGAL_EMAILS)),
  customer('email', 'free', fc.constantFrom(...DOUBTFUL_EMAILS)),
  customer('email', 'illegal', fc.constantFrom(...ILLEGAL_EMAILS, null, 7, [], `${'a'.repeat(5_000)}@example.org`)),
  textField(200).map(({ grade, value }): RecordOddity => ({ of: 'customer', field: 'id', value, grade })),
  customer('locale', 'legal', fc.constantFrom('de', 'de-AT', 'zh-Hant-TW', 'gsw')),
  customer('locale', 'free', fc.constantFrom('EN', 'en-u-nu-arab', 'zz-invalid-tag', 'xx', 'en-US-POSIX')),
  customer('locale', 'illegal', fc.constantFrom('', 'english please', 'en\0', 7, null, 'e'.repeat(10_000))),
);

export const frames = fc.constantFrom(...BAD_FRAMES).map((how): RecordOddity => ({ of: 'frame', how, grade: 'free' }));
export const transactions = fc
  .constantFrom('abort' as const, 'commit' as const)
  .map((ends): RecordOddity => ({ of: 'transaction', ends, grade: ends === 'commit' ? 'legal' : 'free' }));
