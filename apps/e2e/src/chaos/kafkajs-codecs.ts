import { type Codec, pack, unpack } from '@dozen/testing';
import kafkajs, { CompressionTypes } from 'kafkajs';

const CODECS = {
  [CompressionTypes.GZIP]: 'gzip',
  // Java's clients write snappy in this form.
  [CompressionTypes.Snappy]: 'snappy-xerial',
  [CompressionTypes.LZ4]: 'lz4',
  [CompressionTypes.ZSTD]: 'zstd',
} as const satisfies Partial<Record<CompressionTypes, Codec>>;

/** Every kafkajs client of this process writes and reads all codecs from now on, as other clients do by themselves. */
export function useAllCodecs(): void {
  const known: Record<string, unknown> = kafkajs.CompressionCodecs;
  for (const [type, codec] of Object.entries(CODECS)) {
    known[type] = () => ({
      compress: ({ buffer }: { buffer: Buffer }) => pack(codec, buffer),
      decompress: (bytes: Buffer) => unpack(codec, bytes),
    });
  }
}
