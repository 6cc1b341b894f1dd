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

/** A batch of one record with one thing wrong about it. */
export async function badFrame(
  how: BadFrame,
  record: FrameRecord,
  codec: Codec,
  baseTimestamp: number,
): Promise<Buffer> {
  const batch = (
    options: Parameters<typeof recordBatch>[1],
    records: readonly FrameRecord[] = [record],
  ): Promise<Buffer> => recordBatch(records, { codec, baseTimestamp, ...options });
  const packed = (): Promise<Buffer> => pack(codec, encodeFrameRecord(record, 0));
  switch (how) {
    case 'wrong-crc':
      return batch({ crc: 1 });
    case 'magic-0':
      return batch({ magic: 0 });
    case 'magic-1':
      return batch({ magic: 1 });
    case 'magic-3':
      return batch({ magic: 3 });
    case 'codec-5':
      return batch({ attributes: 5 });
    case 'codec-7':
      return batch({ attributes: 7 });
    case 'garbage-payload':
      return batch({ payload: Buffer.from('this is nothing that any codec made') });
    case 'cut-payload': {
      const whole = await packed();
      return batch({ payload: whole.subarray(0, Math.floor(whole.length / 2)) });
    }
    case 'empty-payload':
      return batch({ payload: Buffer.alloc(0) });
    case 'more-counted':
      return batch({ count: 2 });
    case 'fewer-counted':
      return batch({ count: 1 }, [record, record]);
    case 'no-records':
      return batch({ count: 0, payload: Buffer.alloc(0) });
    case 'length-long':
      return batch({ length: 1_000_000 });
    case 'length-short':
      return batch({ length: 60 });
    case 'last-delta':
      return batch({ lastOffsetDelta: 5 });
    case 'control':
      return batch({ attributes: codecNumber(codec) | CONTROL });
    case 'transactional':
      return batch({ attributes: codecNumber(codec) | TRANSACTIONAL, producerId: 4_000n });
    case 'unknown-producer':
      return batch({ producerId: 999_999n });
    case 'append-time':
      return batch({ attributes: codecNumber(codec) | APPEND_TIME });
    case 'bomb':
      return batch({}, [{ ...record, value: Buffer.alloc(BOMB_BYTES, ' ') }]);
    case 'trailing-bytes':
      return batch({ payload: await pack(codec, Buffer.concat([encodeFrameRecord(record, 0), Buffer.alloc(10)])) });
    case 'delta-twice':
      return batch({}, [record, { ...record, offsetDelta: 0 }]);
  }
}
