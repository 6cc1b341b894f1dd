import {
  CODECS,
  CONTROL,
  encodeFrameRecord,
  type FrameOptions,
  type FrameRecord,
  pack,
  recordBatch,
  TRANSACTIONAL,
  varInt,
} from '@dozen/testing';
import fc from 'fast-check';
import { messagingPolicy } from '../../../policy.js';
import type { AbortedTransaction } from './aborted-transactions.js';
import { Allowance } from './allowance.js';
import { type FetchedMessage, readPartition } from './partition-records.js';
import { UnreadableRecords } from './unreadable-records.js';

const GOOD = [{ value: 'a' }, { value: 'b' }];
const HIGH = '1000';

function read(
  batches: Buffer,
  { aborted = [], allowance = new Allowance() }: { aborted?: AbortedTransaction[]; allowance?: Allowance } = {},
): Promise<FetchedMessage[]> {
  return readPartition({ batches, highWatermark: HIGH, abortedTransactions: aborted }, allowance);
}

/** `5:a` is a record, `5-7!` cannot be read, `7|` is where a batch ends. */
function seen(messages: readonly FetchedMessage[]): string[] {
  return messages.map((message) => {
    if (message instanceof UnreadableRecords) return `${message.firstOffset}-${message.offset}!`;
    return message.isControlRecord ? `${message.offset}|` : `${message.offset}:${message.value?.toString()}`;
  });
}

function reasonsOf(messages: readonly FetchedMessage[]): string[] {
  return messages.flatMap((message) => (message instanceof UnreadableRecords ? [message.reason] : []));
}

/** Between two good batches, which hold the offsets 0 to 1 and 10 to 11. */
async function between(batch: Buffer): Promise<Buffer> {
  return Buffer.concat([await recordBatch(GOOD), batch, await recordBatch(GOOD, { baseOffset: 10n })]);
}

/** A batch of so many records, each with as many headers as a record may have. Its records differ in their place alone. */
async function manyHeaders(count: number, { codec = 'none', ...options }: FrameOptions = {}): Promise<Buffer> {
  const headers = Array.from({ length: messagingPolicy.recordHeaders }, () => ['a', 'b'] as const);
  const place = 64;
  const sample = encodeFrameRecord({ value: 'a', headers }, place);
  // Behind a length of two bytes, the attributes and the time; from here to 8191 a place takes two bytes, too.
  const at = sample.indexOf(varInt(place));
  const records = Array.from({ length: count }, (_, n) => {
    const record = Buffer.from(sample);
    varInt(place + n).copy(record, at);
    return record;
  });
  const payload = await pack(codec, Buffer.concat(records));
  return recordBatch([], { ...options, codec, payload, count, lastOffsetDelta: place + count - 1 });
}

const batchAt5 = (options: FrameOptions = {}, records: readonly FrameRecord[] = GOOD) =>
  recordBatch(records, { baseOffset: 5n, ...options });

describe('a partition’s part of an answer', () => {
  it.each(CODECS)('is read, packed with %s', async (codec) => {
    expect(seen(await read(await batchAt5({ codec })))).toEqual(['5:a', '6:b', '6|']);
  });

  it('is nothing when it is empty, or too short for a batch', async () => {
    expect(await read(Buffer.alloc(0))).toEqual([]);
    expect(await read((await batchAt5()).subarray(0, 16))).toEqual([]);
  });

  it('cannot be read in a batch with more headers than memory is for, and goes on behind it', async () => {
    const most = Math.floor(messagingPolicy.batchHeaders / messagingPolicy.recordHeaders);
    const found = await read(await between(await manyHeaders(most + 1, { codec: 'gzip', baseOffset: 5n })));
    expect(seen(found)).toEqual(['0:a', '1:b', '1|', '5-9!', '10:a', '11:b', '11|']);
    expect(reasonsOf(found)).toEqual([`more than ${messagingPolicy.batchHeaders} headers`]);
    // One that has as many as are allowed is all that an answer brings.
    const full = await read(Buffer.concat([await manyHeaders(most), await recordBatch(GOOD, { baseOffset: 900n })]));
    expect(seen(full).at(-1)).toBe(`${64 + most - 1}|`);
  });

  it('leaves out a last batch that is cut off: it comes again, whole', async () => {
    const [first, second] = [await recordBatch(GOOD), await batchAt5()];
    for (let size = 0; size < second.length; size += 1) {
      const messages = await read(Buffer.concat([first, second.subarray(0, size)]));
      expect(seen(messages)).toEqual(['0:a', '1:b', '1|']);
    }
  });

  const packed = encodeFrameRecord({ value: 'a' }, 0);
  const wrong: [string, () => Promise<Buffer>, RegExp][] = [
    ['a wrong CRC', () => batchAt5({ crc: 1 }), /CRC/],
    ['an unknown format', () => batchAt5({ magic: 3 }), /message format 3/],
    ['a codec that there is none of', () => batchAt5({ attributes: 5 }), /no codec 5/],
    ['another codec than it says', () => batchAt5({ codec: 'gzip', attributes: 4 }), /./],
    ['records that are not packed although it says so', () => batchAt5({ attributes: 3 }), /LZ4/],
    ['fewer records than it says', () => batchAt5({ count: 3 }), /inside a number/],
    ['more records than it says', () => batchAt5({ count: 1 }), /after the last record/],
    ['a negative number of records', () => batchAt5({ count: -1 }), /-1 records/],
    ['too many records', () => batchAt5({ count: messagingPolicy.batchRecords + 1 }), /records, more than/],
    [
      'a record longer than the batch',
      () => batchAt5({ payload: Buffer.concat([packed.fill(0x7e, 0, 1)]) }, [{}]),
      /./,
    ],
    [
      'two records of one offset',
      () => batchAt5({ lastOffsetDelta: 1 }, [{ offsetDelta: 1 }, { offsetDelta: 1 }]),
      /ascend/,
    ],
    ['offsets past its last', () => batchAt5({ lastOffsetDelta: 1 }, [{}, { offsetDelta: 2 }]), /ascend/],
  ];

  it.each(wrong)(
    'with %s is a value with its bytes and offsets, and its neighbours are read',
    async (_what, make, why) => {
      const batch = await make();
      const messages = await read(await between(batch));
      expect(seen(messages)[3]).toMatch(/^5-[56]!$/);
      expect(seen(messages.slice(4))).toEqual(['10:a', '11:b', '11|']);
      expect(reasonsOf(messages)).toEqual([expect.stringMatching(why)]);
      expect(messages[3]).toMatchObject({ value: batch });
    },
  );

  it('says the offset alone of a format from before Kafka 0.11, which has no headers and no other', async () => {
    const message = await batchAt5({ magic: 1 });
    expect(seen(await read(message))).toEqual(['5-5!']);
  });

  it('with a wrong CRC ends before the next batch and before the end of the log, whatever it says', async () => {
    const batch = await batchAt5({ crc: 1, lastOffsetDelta: 0x7fffffff });
    expect(seen(await read(await between(batch)))[3]).toBe('5-9!');
    expect(seen(await read(batch))).toEqual(['5-999!']);
    expect(seen(await read(await batchAt5({ crc: 1, lastOffsetDelta: -7 })))).toEqual(['5-5!']);
  });

  it('begins with a batch that is longer than the answer: no broker cuts the first off', async () => {
    const batch = await batchAt5({ length: 5000 });
    expect(seen(await read(batch))).toEqual(['5-6!']);
  });

  it.each([-1, 0, 4])('ends at a batch that says it has %i bytes', async (length) => {
    const batch = await batchAt5({ length });
    const messages = await read(await between(batch));
    expect(seen(messages)).toEqual(['0:a', '1:b', '1|', '5-6!']);
  });

  it('holds a batch too short for its header, and goes on behind it', async () => {
    const short = (await batchAt5({ length: 20 })).subarray(0, 32);
    expect(seen(await read(await between(short)))).toEqual(['0:a', '1:b', '1|', '5-6!', '10:a', '11:b', '11|']);
  });

  it('gives a record that lies inside its own bounds as a value, and its neighbours as records', async () => {
    const lying = encodeFrameRecord({ key: 'k', value: 'v' }, 1).fill(0x7e, 4, 5);
    const payload = Buffer.concat([encodeFrameRecord({ value: 'a' }, 0), lying, encodeFrameRecord({ value: 'c' }, 2)]);
    const messages = await read(await batchAt5({ payload, count: 3, lastOffsetDelta: 2 }));
    expect(seen(messages)).toEqual(['5:a', '6-6!', '7:c', '7|']);
  });

  it('says where a batch ends whose last records were compacted away, or all', async () => {
    expect(seen(await read(await batchAt5({ lastOffsetDelta: 4 })))).toEqual(['5:a', '6:b', '9|']);
    expect(seen(await read(await batchAt5({ lastOffsetDelta: 4 }, [])))).toEqual(['9|']);
  });

  it('passes over markers of transactions, whatever they end', async () => {
    const marker = await batchAt5({ attributes: CONTROL | TRANSACTIONAL, producerId: 9n }, [{ key: markerKey(1) }]);
    expect(seen(await read(marker))).toEqual(['5|']);
  });

  describe('with aborted transactions', () => {
    const of = (producerId: bigint, baseOffset: bigint, records: readonly FrameRecord[] = GOOD) =>
      recordBatch(records, { attributes: TRANSACTIONAL, producerId, baseOffset });
    const abort = (producerId: bigint, baseOffset: bigint) =>
      recordBatch([{ key: markerKey(0) }], { attributes: CONTROL | TRANSACTIONAL, producerId, baseOffset });
    const aborted = (producerId: number, firstOffset: number) => ({
      producerId: String(producerId),
      firstOffset: String(firstOffset),
    });

    it('leaves out what they wrote, up to their marker, and nobody else’s', async () => {
      const batches = [await of(1n, 0n), await of(2n, 2n), await abort(1n, 4n), await of(1n, 5n)];
      const messages = await read(Buffer.concat(batches), { aborted: [aborted(1, 0)] });
      expect(seen(messages)).toEqual(['1|', '2:a', '3:b', '3|', '4|', '5:a', '6:b', '6|']);
    });

    it('leaves out several that are open at once, in whatever order the broker names them', async () => {
      const batches = [await of(2n, 10n), await of(1n, 12n), await abort(2n, 14n), await abort(1n, 15n)];
      const messages = await read(Buffer.concat(batches), { aborted: [aborted(2, 7), aborted(1, 3)] });
      expect(seen(messages)).toEqual(['11|', '13|', '14|', '15|']);
    });

    it('does not take a record for a marker because of its key', async () => {
      const batches = [
        await of(1n, 0n, [{ key: markerKey(0), value: 'no marker' }]),
        await of(1n, 1n),
        await abort(1n, 3n),
      ];
      const messages = await read(Buffer.concat(batches), { aborted: [aborted(1, 0)] });
      expect(seen(messages)).toEqual(['0|', '2|', '3|']);
    });

    it('parks nothing of them that cannot be unpacked: nobody was to read it', async () => {
      const broken = await recordBatch(GOOD, { attributes: TRANSACTIONAL | 5, producerId: 1n });
      expect(seen(await read(broken, { aborted: [aborted(1, 0)] }))).toEqual(['1|']);
    });
  });

  it('stops where the allowance of the answer is spent, after at least one batch', async () => {
    const allowance = new Allowance();
    const pieces = Array.from({ length: 8 }, () => ({ value: Buffer.alloc(messagingPolicy.recordBytes - 100) }));
    // Eight of them, nearly the whole of it: the second batch goes past it.
    const large = (baseOffset: bigint) => recordBatch(pieces, { codec: 'zstd', baseOffset });
    const batches = Buffer.concat([await large(0n), await large(8n), await large(16n)]);
    expect(await read(batches, { allowance })).toHaveLength(18);
    expect(await read(batches, { allowance })).toEqual([]);
  });

  it('stops after some batches that could not be unpacked: what those cost is not known', async () => {
    const broken = await batchAt5({ attributes: 3 });
    const allowance = new Allowance();
    const messages = await read(Buffer.concat(Array<Buffer>(100).fill(broken)), { allowance });
    expect(messages).toHaveLength(8);
  });

  it('never rejects, whatever was changed on the way', async () => {
    const frames = await Promise.all(CODECS.map((codec, n) => recordBatch(GOOD, { codec, baseOffset: BigInt(n * 2) })));
    const bytes = Buffer.concat(frames);
    const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(changes, fc.nat(bytes.length), async (changed, cut) => {
        const broken = Buffer.from(bytes.subarray(0, bytes.length - cut));
        for (const [at, byte] of changed) if (at < broken.length) broken[at] = byte;
        const messages = await read(broken);
        for (const message of messages) expect(message.offset).toMatch(/^-?\d+$/);
      }),
      { numRuns: 1000 },
    );
  });
});

/** A version and a type: 0 aborts, 1 commits. */
function markerKey(type: number): Buffer {
  return Buffer.from([0, 0, 0, type]);
}
