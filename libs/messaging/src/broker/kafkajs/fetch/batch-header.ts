import { crc32c } from './crc32c.js';
import { MalformedError } from './cursor.js';

/*
 * A record batch of message format 2 (KIP-98), with the places of its fields:
 * 0 base offset, 8 length of what follows it, 12 leader's epoch, 16 magic, 17 CRC of all from 21 on, 21 attributes,
 * 23 last offset's delta, 27 first and 35 last time, 43 producer's id, 51 its epoch, 53 first sequence number,
 * 57 number of records, 61 the records, packed together. Older formats have base offset, length and magic there, too.
 */

/** The bytes up to the magic: with fewer, nothing can be said about a batch. */
export const SHORTEST_FRAME = 17;
const MAGIC = 2;
const RECORDS_AT = 61;

const CODEC_BITS = 7;
const LOG_APPEND_TIME = 8;
const TRANSACTIONAL = 16;
const CONTROL = 32;

export interface BatchHeader {
  readonly firstOffset: bigint;
  readonly lastOffset: bigint;
  readonly codec: number;
  readonly logAppendTime: boolean;
  readonly transactional: boolean;
  readonly control: boolean;
  readonly firstTimestamp: bigint;
  readonly maxTimestamp: bigint;
  readonly producerId: string;
  readonly count: number;
  /** Packed with the codec. */
  readonly records: Buffer;
}

/** The size that the header claims, with the frame's own bytes; the batch may be cut off, or lie. */
export function frameSize(bytes: Buffer, at: number): number {
  return 12 + bytes.readInt32BE(at + 8);
}

/**
 * Reads the header of a whole batch and checks its CRC, so that it says what its producer and the broker said. Throws
 * MalformedError.
 */
export function readHeader(batch: Buffer): BatchHeader {
  const magic = batch.readInt8(16);
  if (magic !== MAGIC) throw new MalformedError(`message format ${magic}; only ${MAGIC} is read`);
  if (batch.length < frameSize(batch, 0)) throw new MalformedError('the batch is longer than what the broker sent');
  if (batch.length < RECORDS_AT) throw new MalformedError('the batch ends inside its header');
  if (crc32c(batch, 21, batch.length) !== batch.readUInt32BE(17)) throw new MalformedError('the CRC is wrong');
  const attributes = batch.readInt16BE(21);
  const lastDelta = batch.readInt32BE(23);
  if (lastDelta < 0) throw new MalformedError(`the last offset is ${-lastDelta} before the first`);
  const firstOffset = batch.readBigInt64BE(0);
  return {
    firstOffset,
    lastOffset: firstOffset + BigInt(lastDelta),
    codec: attributes & CODEC_BITS,
    logAppendTime: (attributes & LOG_APPEND_TIME) !== 0,
    transactional: (attributes & TRANSACTIONAL) !== 0,
    control: (attributes & CONTROL) !== 0,
    firstTimestamp: batch.readBigInt64BE(27),
    maxTimestamp: batch.readBigInt64BE(35),
    producerId: batch.readBigInt64BE(43).toString(),
    count: batch.readInt32BE(57),
    records: batch.subarray(RECORDS_AT),
  };
}

/**
 * The last offset that a batch claims, whether anything in it can be read or not, but none past `limit`: what comes after
 * it is not to be passed over for a number that may be wrong.
 */
export function claimedLast(batch: Buffer, limit: bigint): bigint {
  const first = batch.readBigInt64BE(0);
  if (batch.readInt8(16) !== MAGIC || batch.length < 27) return first;
  const last = first + BigInt(Math.max(0, batch.readInt32BE(23)));
  if (last <= limit) return last;
  return limit > first ? limit : first;
}
