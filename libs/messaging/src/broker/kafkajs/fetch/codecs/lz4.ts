import { MalformedError } from '../cursor.js';
import { Output, OverrunError, TooLargeError } from './output.js';

const MAGIC = 0x184d2204;
/** The largest block by the three bits of the frame's block descriptor. */
const BLOCK_BYTES: Readonly<Record<number, number>> = { 4: 64 << 10, 5: 256 << 10, 6: 1 << 20, 7: 4 << 20 };
const STORED = 0x8000_0000;
/** The most bytes of output that one byte of a block can stand for, in a long match. */
const MOST_PER_BYTE = 255;
const SHORTEST_MATCH = 4;

/**
 * An LZ4 frame, as Kafka's producers write it. Its checksums (xxHash) are not looked at: the batch's CRC covers the same
 * bytes. https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md and lz4_Block_format.md
 */
export function unpackLz4(packed: Buffer, maxBytes: number): Buffer {
  const frame = frameOf(packed);
  const blocks = blocksOf(packed, frame);
  const bound = Math.min(blocks.length * frame.blockBytes, packed.length * MOST_PER_BYTE);
  const output = Output.ofSize(Math.min(bound, maxBytes), maxBytes);
  try {
    for (const { from, to, stored } of blocks) {
      if (stored) output.literal(packed, from, to - from);
      else unpackBlock(packed, { from, to }, output);
    }
  } catch (error) {
    throw bound > maxBytes && error instanceof OverrunError ? new TooLargeError(maxBytes) : error;
  }
  return output.soFar();
}

interface Frame {
  readonly blockBytes: number;
  /** A checksum follows each block. */
  readonly summed: boolean;
  readonly at: number;
}

function frameOf(packed: Buffer): Frame {
  if (packed.length < 7 || packed.readUInt32LE(0) !== MAGIC) throw new MalformedError('no LZ4 frame');
  const flags = packed.readUInt8(4);
  const blockBytes = BLOCK_BYTES[(packed.readUInt8(5) >>> 4) & 7];
  if (flags >>> 6 !== 1 || blockBytes === undefined) throw new MalformedError('an LZ4 frame of another version');
  if (flags & 1) throw new MalformedError('an LZ4 frame with a dictionary');
  const contentSize = flags & 8 ? 8 : 0;
  return { blockBytes, summed: (flags & 16) !== 0, at: 7 + contentSize };
}

interface Block {
  readonly from: number;
  readonly to: number;
  /** Copies a block that is not packed, since packing had not made it smaller. */
  readonly stored: boolean;
}

function blocksOf(packed: Buffer, { blockBytes, summed, at: start }: Frame): Block[] {
  const blocks: Block[] = [];
  for (let at = start; at + 4 <= packed.length;) {
    const word = packed.readUInt32LE(at);
    if (word === 0) return blocks;
    const from = at + 4;
    const to = from + (word % STORED);
    if (to - from > blockBytes) throw new MalformedError('an LZ4 block is longer than its frame allows');
    if (to > packed.length) break;
    blocks.push({ from, to, stored: word >= STORED });
    at = summed ? to + 4 : to;
  }
  throw new MalformedError('the LZ4 frame has no end');
}

function unpackBlock(packed: Buffer, { from, to }: { from: number; to: number }, output: Output): void {
  let at = from;
  const byte = (): number => {
    if (at >= to) throw new MalformedError('the LZ4 block ends inside a sequence');
    return packed[at++] ?? 0;
  };
  /** Reads a length: four bits, and the bytes that are added to them while they are full. */
  const length = (bits: number): number => {
    let sum = bits;
    if (bits === 15) for (let more = 255; more === 255; sum += more) more = byte();
    return sum;
  };
  while (at < to) {
    const token = byte();
    const size = length(token >>> 4);
    if (size > to - at) throw new MalformedError('a literal is longer than its LZ4 block');
    output.literal(packed, at, size);
    at += size;
    if (at === to) return;
    const back = byte() | (byte() << 8);
    output.copy(back, SHORTEST_MATCH + length(token & 15));
  }
}
