import { createRequire } from 'node:module';
import fc from 'fast-check';
import { Cursor, MalformedError } from './cursor.js';
import { type BatchContext, type DecodedRecord, readPlace, readRecord } from './record-decoder.js';
import { encodeRecord } from '../record-encoder.js';

const require = createRequire(import.meta.url);
interface Decoder {
  readonly buffer: Buffer;
}
const KafkaJsDecoder = require('kafkajs/src/protocol/decoder.js') as new (buffer: Buffer) => Decoder;
const kafkajs = require('kafkajs/src/protocol/recordBatch/record/v0/decoder.js') as (
  decoder: Decoder,
  context: object,
) => Omit<DecodedRecord, 'headers'> & { readonly headers: Readonly<Record<string, Buffer | null | (Buffer | null)[]>> };

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
  appendTimestamp: fc.option(int64, { nil: undefined }),
  headers: fc.constant(0),
});
const CONTEXT: BatchContext = { firstOffset: '7', firstTimestamp: '1000', appendTimestamp: undefined, headers: 0 };

/** Without the length in front, as a batch hands it on. */
function bodyOf(encoded: Buffer): Buffer {
  const cursor = new Cursor(encoded);
  const size = cursor.varInt();
  return encoded.subarray(cursor.skip(size));
}

function read(body: Buffer, context: BatchContext = CONTEXT): DecodedRecord {
  const cursor = new Cursor(body);
  return readRecord(cursor, readPlace(cursor), context);
}

function readByKafkaJs(body: Buffer, { firstOffset, firstTimestamp, appendTimestamp }: BatchContext) {
  const { offset, timestamp, key, value, headers } = kafkajs(new KafkaJsDecoder(body), {
    firstOffset,
    firstTimestamp,
    maxTimestamp: appendTimestamp ?? '0',
    timestampType: appendTimestamp === undefined ? 0 : 1,
  });
  const plain: Record<string, string> = {};
  for (const [name, given] of Object.entries(headers)) {
    const last = [given].flat().findLast((one) => one !== null);
    if (last !== undefined) plain[name] = last.toString();
  }
  return { offset, timestamp, key, value, headers: plain, isControlRecord: false };
}

describe('the record decoder', () => {
  it('reads the same as kafkajs’ own', () => {
    fc.assert(
      fc.property(records, contexts, (record, context) => {
        const body = bodyOf(encodeRecord(record).buffer);
        expect(read(body, context)).toEqual(readByKafkaJs(body, context));
      }),
    );
  });

  it('takes a header for what it is, also one that is named as what every object has', () => {
    const { buffer } = encodeRecord({ headers: { toString: 'a', constructor: ['b', 'c'] } });
    expect(read(bodyOf(buffer)).headers).toEqual({ toString: 'a', constructor: 'c' });
  });

  it('gives the last value of each header; one that is null is none, and ends nobody', () => {
    const headers = { once: 'a', twice: ['b', 'c'], never: null, partly: ['d', null] };
    expect(read(bodyOf(encodeRecord({ headers }).buffer)).headers).toEqual({ once: 'a', twice: 'c', partly: 'd' });
  });

  it('refuses every record that is cut short', () => {
    const body = bodyOf(encodeRecord({ key: 'key', value: 'value', headers: { a: 'b', c: null } }).buffer);
    for (let size = 0; size < body.length; size += 1) {
      expect(() => read(body.subarray(0, size))).toThrow(MalformedError);
    }
  });

  it.each([
    ['a key longer than the record', [0, 0, 0, 200, 1, 65]],
    ['a value longer than the record', [0, 0, 0, 1, 10, 65]],
    ['a length of more than 64 bits', [0, 0, 0, ...Array<number>(11).fill(0xff), 1]],
    ['a number without end', [0, 0xff, 0xff]],
    ['fewer headers than it announces', [0, 0, 0, 1, 1, 4, 2, 65, 2, 66]],
    ['a negative number of headers', [0, 0, 0, 1, 1, 1]],
    ['a header without a name', [0, 0, 0, 1, 1, 2, 1, 1]],
    ['bytes after the last header', [0, 0, 0, 1, 1, 0, 0]],
  ])('refuses %s', (_what, given) => {
    expect(() => read(Buffer.from(given))).toThrow(MalformedError);
  });

  it('throws nothing else, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (given) => {
        try {
          read(Buffer.from(given));
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
