import { createRequire } from 'node:module';
import fc from 'fast-check';
import { type EncodedRecord, encodeRecord, type RecordToEncode } from './record-encoder.js';
import { useRecordEncoder } from './use-own-records.js';

const RECORD = 'kafkajs/src/protocol/recordBatch/record/v0/index.js';
const require = createRequire(import.meta.url);
/** kafkajs' own, as it is before ours takes its place. */
const kafkajs = require(RECORD) as (record: RecordToEncode) => EncodedRecord;

const bytes = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ minLength: 120, maxLength: 140 }),
  fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
);

describe('the record encoder', () => {
  it('writes the same bytes as the one that it replaces', () => {
    const record = fc.record({
      offsetDelta: fc.nat(100_000),
      timestampDelta: fc.oneof(fc.constant(0), fc.integer({ min: -1000, max: 1_000_000_000 })),
      key: fc.option(bytes),
      value: fc.option(bytes),
      headers: fc.dictionary(fc.string({ maxLength: 20 }), fc.oneof(bytes, fc.array(bytes, { maxLength: 3 }))),
    });
    fc.assert(
      fc.property(record, (one) => {
        expect(encodeRecord(one).buffer.equals(kafkajs(one).buffer)).toBe(true);
      }),
    );
  });

  it('needs no field but those that it is given', () => {
    expect(encodeRecord({}).buffer).toEqual(kafkajs({}).buffer);
  });

  it('takes the place of the other', () => {
    useRecordEncoder();
    expect(require(RECORD)).toBe(encodeRecord);
  });
});
