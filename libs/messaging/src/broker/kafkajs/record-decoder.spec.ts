import { createRequire } from 'node:module';
import fc from 'fast-check';
import type { Batch } from 'kafkajs';
import type { FetchedRecord } from '../port.js';
import { type BatchContext, type DecodedRecord, decodeRecord, type EncodedRecordReader } from './record-decoder.js';
import { encodeRecord } from './record-encoder.js';
import { toRecords } from './records.js';
import { useRecordDecoder } from './use-own-records.js';

const RECORD = 'kafkajs/src/protocol/recordBatch/record/v0/decoder.js';
const require = createRequire(import.meta.url);
const Decoder = require('kafkajs/src/protocol/decoder.js') as new (buffer: Buffer) => EncodedRecordReader & {
  readVarIntBytes(): Buffer;
};
/** kafkajs' own, as it is before ours takes its place. */
const kafkajs = require(RECORD) as typeof decodeRecord;

const bytes = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ minLength: 120, maxLength: 140 }),
  fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
);
const int64 = fc.oneof(fc.nat(), fc.bigInt(0n, 2n ** 63n - 1n)).map(String);
const records = fc.record({
  offsetDelta: fc.nat(100_000),
  timestampDelta: fc.oneof(fc.constant(0), fc.integer({ min: -1000, max: 1_000_000_000 }), fc.nat(2 ** 40)),
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.dictionary(
    fc.string({ maxLength: 20 }).filter((name) => !(name in {})),
    fc.oneof(bytes, fc.array(fc.option(bytes), { minLength: 1, maxLength: 3 })),
  ),
});
const contexts = fc.record({
  firstOffset: int64,
  firstTimestamp: int64,
  maxTimestamp: int64,
  timestampType: fc.constantFrom(0, 1),
  magicByte: fc.constant(2),
  isControlBatch: fc.boolean(),
});

/** What a consumer can see of a record: ours reads headers when it is asked. */
function seen(record: DecodedRecord) {
  const { magicByte, attributes, timestamp, offset, key, value, headers, isControlRecord, batchContext } = record;
  return { magicByte, attributes, timestamp, offset, key, value, headers, isControlRecord, batchContext };
}

/** As the inbox reads them. */
function plain(message: unknown): FetchedRecord['headers'] | undefined {
  return toRecords({ topic: 't', partition: 0, messages: [message] } as unknown as Batch, 't')[0]?.headers;
}

/** As kafkajs takes a record out of its batch: without the length in front. */
const readerOf = (encoded: Buffer): EncodedRecordReader => new Decoder(new Decoder(encoded).readVarIntBytes());

describe('the record decoder', () => {
  it('reads the same as the one that it replaces', () => {
    fc.assert(
      fc.property(records, contexts, (record, context) => {
        const { buffer } = encodeRecord(record);
        const [ours, theirs] = [decodeRecord(readerOf(buffer), context), kafkajs(readerOf(buffer), context)];
        expect(seen(ours)).toEqual(seen(theirs));
        expect(plain(ours)).toEqual(plain(theirs));
      }),
    );
  });

  it('takes a header for what it is, also one that is named as what every object has', () => {
    const { buffer } = encodeRecord({ headers: { toString: 'a', constructor: ['b', 'c'] } });
    const { headers } = decodeRecord(readerOf(buffer), (fc.sample(contexts, 1) as [BatchContext])[0]);
    expect(headers).toEqual({ toString: Buffer.from('a'), constructor: [Buffer.from('b'), Buffer.from('c')] });
  });

  it('gives the inbox the last value of each header; one that is null is none, and ends nobody', () => {
    const headers = { once: 'a', twice: ['b', 'c'], never: null, partly: ['d', null] };
    const { buffer } = encodeRecord({ headers });
    const [context] = fc.sample(contexts, 1) as [BatchContext];
    for (const decode of [decodeRecord, kafkajs]) {
      expect(plain(decode(readerOf(buffer), context))).toEqual({ once: 'a', twice: 'c', partly: 'd' });
    }
  });

  it('takes the place of the other', () => {
    useRecordDecoder();
    expect(require(RECORD)).toBe(decodeRecord);
  });
});
