import {
  type Codec,
  CONTROL,
  codecNumber,
  encodeFrameRecord,
  type FrameRecord,
  pack,
  recordBatch,
  TRANSACTIONAL,
} from '@dozen/testing';
import type { BadFrame } from './record-oddity.js';

const APPEND_TIME = 0x08;
const BOMB_BYTES = 32 * 1024 * 1024;

type Batch = Parameters<typeof recordBatch>[1];

/** What is wrong about a batch of these records. */
interface Wrong {
  readonly batch: Partial<Batch>;
  readonly records?: readonly FrameRecord[];
}

/** A batch of one record with one thing wrong about it. */
export async function badFrame(
  how: BadFrame,
  record: FrameRecord,
  codec: Codec,
  baseTimestamp: number,
): Promise<Buffer> {
  const { batch, records = [record] } = await WRONG[how](record, codec);
  return recordBatch(records, { codec, baseTimestamp, ...batch });
}

const WRONG: Readonly<Record<BadFrame, (record: FrameRecord, codec: Codec) => Wrong | Promise<Wrong>>> = {
  'wrong-crc': () => ({ batch: { crc: 1 } }),
  'magic-0': () => ({ batch: { magic: 0 } }),
  'magic-1': () => ({ batch: { magic: 1 } }),
  'magic-3': () => ({ batch: { magic: 3 } }),
  'codec-5': () => ({ batch: { attributes: 5 } }),
  'codec-7': () => ({ batch: { attributes: 7 } }),
  'garbage-payload': () => ({ batch: { payload: Buffer.from('this is nothing that any codec made') } }),
  'cut-payload': async (record, codec) => {
    const whole = await pack(codec, encodeFrameRecord(record, 0));
    return { batch: { payload: whole.subarray(0, Math.floor(whole.length / 2)) } };
  },
  'empty-payload': () => ({ batch: { payload: Buffer.alloc(0) } }),
  'more-counted': () => ({ batch: { count: 2 } }),
  'fewer-counted': (record) => ({ batch: { count: 1 }, records: [record, record] }),
  'no-records': () => ({ batch: { count: 0, payload: Buffer.alloc(0) } }),
  'length-long': () => ({ batch: { length: 1_000_000 } }),
  'length-short': () => ({ batch: { length: 60 } }),
  'last-delta': () => ({ batch: { lastOffsetDelta: 5 } }),
  control: (_record, codec) => ({ batch: { attributes: codecNumber(codec) | CONTROL } }),
  transactional: (_record, codec) => ({
    batch: { attributes: codecNumber(codec) | TRANSACTIONAL, producerId: 4_000n },
  }),
  'unknown-producer': () => ({ batch: { producerId: 999_999n } }),
  'append-time': (_record, codec) => ({ batch: { attributes: codecNumber(codec) | APPEND_TIME } }),
  bomb: (record) => ({ batch: {}, records: [{ ...record, value: Buffer.alloc(BOMB_BYTES, ' ') }] }),
  'trailing-bytes': async (record, codec) => {
    const bytes = Buffer.concat([encodeFrameRecord(record, 0), Buffer.alloc(10)]);
    return { batch: { payload: await pack(codec, bytes) } };
  },
  'delta-twice': (record) => ({ batch: {}, records: [record, { ...record, offsetDelta: 0 }] }),
};
