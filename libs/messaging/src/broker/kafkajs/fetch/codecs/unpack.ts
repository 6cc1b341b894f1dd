import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import { messageOf } from '@dozen/kernel';
import { MalformedError } from '../cursor.js';
import { unpackLz4 } from './lz4.js';
import { TooLargeError } from './output.js';
import { unpackSnappy } from './snappy.js';

type Unpack = (packed: Buffer, maxBytes: number) => Buffer | Promise<Buffer>;

const ungzip = promisify(gunzip);
const unzstd = promisify(zstdDecompress);

/** The codecs by the number in a batch's attributes. */
const CODECS: readonly Unpack[] = [
  (packed) => packed,
  (packed, maxBytes) => byZlib(ungzip(packed, { maxOutputLength: maxBytes }), maxBytes),
  unpackSnappy,
  unpackLz4,
  (packed, maxBytes) => byZlib(unzstd(packed, { maxOutputLength: maxBytes }), maxBytes),
];

/**
 * What was packed with the codec of this number: gzip 1, snappy 2, lz4 3, zstd 4; 0 is not packed. Gives no more than
 * `maxBytes` and takes about twice that for a moment, whatever the bytes announce. Throws MalformedError, and
 * nothing else: TooLargeError for more.
 */
export async function unpack(codec: number, packed: Buffer, maxBytes: number): Promise<Buffer> {
  const unpackWith = CODECS[codec];
  if (unpackWith === undefined) throw new MalformedError(`there is no codec ${codec}`);
  return unpackWith(packed, maxBytes);
}

async function byZlib(unpacking: Promise<Buffer>, maxBytes: number): Promise<Buffer> {
  try {
    return await unpacking;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new TooLargeError(maxBytes);
    throw new MalformedError(messageOf(error), { cause: error });
  }
}
