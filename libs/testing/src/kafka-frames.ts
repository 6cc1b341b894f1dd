import { crc32c } from './crc32c.js';
import { type Codec, codecNumber, pack } from './kafka-codecs.js';

type Bytes = Buffer | string | null;

/** One record of a batch. Repeated and null headers are allowed, as the format allows them. */
export interface FrameRecord {
  readonly key?: Bytes;
  readonly value?: Bytes;
  readonly headers?: readonly (readonly [name: string, value: Bytes])[];
  /** ms after the batch's `baseTimestamp`. */
  readonly timestampDelta?: number;
  /** Default: its place in the batch. */
  readonly offsetDelta?: number;
}

/** Everything else of a batch. What is given replaces what would be right: a batch may lie in each field. */
export interface FrameOptions {
  readonly codec?: Codec;
  /** Instead of the packed records. */
  readonly payload?: Buffer;
  readonly baseOffset?: bigint;
  readonly length?: number;
  readonly magic?: number;
  readonly crc?: number;
  /** Instead of the codec's number. */
  readonly attributes?: number;
  readonly lastOffsetDelta?: number;
  /** ms since 1970. */
  readonly baseTimestamp?: number;
  readonly producerId?: bigint;
  readonly count?: number;
}

export const TRANSACTIONAL = 0x10;
export const CONTROL = 0x20;

/** After base offset and length. */
const HEADER_BYTES = 49;

/**
 * A record batch of message format 2 (KIP-98), byte by byte and independent of the client that is tested with it: the CRC
 * and the packing are other implementations.
 */
export async function recordBatch(records: readonly FrameRecord[], options: FrameOptions = {}): Promise<Buffer> {
  const { codec = 'none', baseOffset = 0n, magic = 2, baseTimestamp = Date.now(), producerId = -1n } = options;
  const payload = options.payload ?? (await pack(codec, Buffer.concat(records.map(encodeFrameRecord))));
  const batch = Buffer.alloc(12 + HEADER_BYTES);
  const last = records.length - 1;
  const lastTimestamp = baseTimestamp + Math.max(0, ...records.map(({ timestampDelta = 0 }) => timestampDelta));
  batch.writeBigInt64BE(baseOffset, 0);
  batch.writeInt32BE(options.length ?? HEADER_BYTES + payload.length, 8);
  batch.writeInt32BE(-1, 12);
  batch.writeInt8(magic, 16);
  batch.writeInt16BE(options.attributes ?? codecNumber(codec), 21);
  batch.writeInt32BE(options.lastOffsetDelta ?? records[last]?.offsetDelta ?? last, 23);
  batch.writeBigInt64BE(BigInt(baseTimestamp), 27);
  batch.writeBigInt64BE(BigInt(lastTimestamp), 35);
  batch.writeBigInt64BE(producerId, 43);
  batch.writeInt16BE(producerId < 0n ? -1 : 0, 51);
  batch.writeInt32BE(producerId < 0n ? -1 : 0, 53);
  batch.writeInt32BE(options.count ?? records.length, 57);
  const whole = Buffer.concat([batch, payload]);
  whole.writeUInt32BE(options.crc ?? crc32c(whole.subarray(21)), 17);
  return whole;
}

/** With its length in front. */
export function encodeFrameRecord(record: FrameRecord, place: number): Buffer {
  const { key = null, value = null, headers = [], timestampDelta = 0, offsetDelta = place } = record;
  const body = Buffer.concat([
    Buffer.from([0]),
    varInt(timestampDelta),
    varInt(offsetDelta),
    sized(key),
    sized(value),
    varInt(headers.length),
    ...headers.flatMap(([name, content]) => [sized(name), sized(content)]),
  ]);
  return Buffer.concat([varInt(body.length), body]);
}

/** Zigzag, seven bits a byte. */
export function varInt(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}

function sized(bytes: Bytes): Buffer {
  if (bytes === null) return varInt(-1);
  const content = Buffer.from(bytes);
  return Buffer.concat([varInt(content.length), content]);
}
