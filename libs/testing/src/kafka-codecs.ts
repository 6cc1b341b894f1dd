import { promisify } from 'node:util';
import { gunzip, gzip, zstdCompress, zstdDecompress } from 'node:zlib';
import { compressFrame, decompressFrame } from 'lz4-napi';
import { compress as snappy, uncompress } from 'snappy';

/** `snappy` is what librdkafka and Go clients write, `snappy-xerial` what Java's do: the same number, two forms. */
export const CODECS = ['none', 'gzip', 'snappy', 'snappy-xerial', 'lz4', 'zstd'] as const;
export type Codec = (typeof CODECS)[number];

const NUMBERS: Readonly<Record<Codec, number>> = { none: 0, gzip: 1, snappy: 2, 'snappy-xerial': 2, lz4: 3, zstd: 4 };

/** As it stands in a batch's attributes. */
export function codecNumber(codec: Codec): number {
  return NUMBERS[codec];
}

export async function pack(codec: Codec, bytes: Buffer): Promise<Buffer> {
  switch (codec) {
    case 'none':
      return bytes;
    case 'gzip':
      return promisify(gzip)(bytes);
    case 'snappy':
      return snappy(bytes);
    case 'snappy-xerial':
      return xerial(bytes);
    case 'lz4':
      return compressFrame(bytes);
    case 'zstd':
      return promisify(zstdCompress)(bytes);
  }
}

/** Of what `pack` made. */
export async function unpack(codec: Codec, bytes: Buffer): Promise<Buffer> {
  switch (codec) {
    case 'none':
      return bytes;
    case 'gzip':
      return promisify(gunzip)(bytes);
    case 'snappy':
      return Buffer.from(await uncompress(bytes));
    case 'snappy-xerial':
      return ofXerial(bytes);
    case 'lz4':
      return decompressFrame(bytes);
    case 'zstd':
      return promisify(zstdDecompress)(bytes);
  }
}

/** Magic, version, lowest compatible version; snappy-java's stream begins so. */
const XERIAL_HEADER = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
const XERIAL_BLOCK_BYTES = 32 * 1024;

async function xerial(bytes: Buffer): Promise<Buffer> {
  const parts: Buffer[] = [XERIAL_HEADER];
  for (let at = 0; at < bytes.length; at += XERIAL_BLOCK_BYTES) {
    const block = await snappy(bytes.subarray(at, at + XERIAL_BLOCK_BYTES));
    const length = Buffer.alloc(4);
    length.writeInt32BE(block.length);
    parts.push(length, block);
  }
  return Buffer.concat(parts);
}

async function ofXerial(bytes: Buffer): Promise<Buffer> {
  const parts: Buffer[] = [];
  let at = XERIAL_HEADER.length;
  while (at < bytes.length) {
    const from = at + Int32Array.BYTES_PER_ELEMENT;
    at = from + bytes.readInt32BE(at);
    parts.push(Buffer.from(await uncompress(bytes.subarray(from, at))));
  }
  return Buffer.concat(parts);
}
