import { MalformedError } from '../cursor.js';
import { Output } from './output.js';

/** What snappy-java's streams begin with, and so every Java producer's batch; then two versions of four bytes. */
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
const XERIAL_HEADER_BYTES = 16;

/**
 * Snappy as Kafka's producers write it: one raw block (librdkafka, Go), or blocks with a length of four bytes in front
 * (Java). https://github.com/google/snappy/blob/main/format_description.txt
 */
export function unpackSnappy(packed: Buffer, maxBytes: number): Buffer {
  if (!packed.subarray(0, XERIAL.length).equals(XERIAL)) return block(packed, maxBytes);
  if (packed.length < XERIAL_HEADER_BYTES) throw new MalformedError('the snappy stream ends inside its header');
  const blocks: Buffer[] = [];
  let left = maxBytes;
  for (let at = XERIAL_HEADER_BYTES; at < packed.length;) {
    if (at + 4 > packed.length) throw new MalformedError('the snappy stream ends inside a length');
    const size = packed.readUInt32BE(at);
    at += 4;
    if (size > packed.length - at) throw new MalformedError('a snappy block is longer than its stream');
    const unpacked = block(packed.subarray(at, at + size), left);
    blocks.push(unpacked);
    left -= unpacked.length;
    at += size;
  }
  return blocks.length === 1 && blocks[0] !== undefined ? blocks[0] : Buffer.concat(blocks);
}

function block(packed: Buffer, maxBytes: number): Buffer {
  const { value: length, at: start } = lengthOf(packed);
  const output = Output.ofSize(length, maxBytes);
  let at = start;
  const number = (bytes: number): number => {
    if (at + bytes > packed.length) throw new MalformedError('the snappy block ends inside an element');
    const value = packed.readUIntLE(at, bytes);
    at += bytes;
    return value;
  };
  while (at < packed.length) {
    const tag = number(1);
    const high = tag >>> 2;
    switch (tag & 3) {
      case 0: {
        const size = 1 + (high < 60 ? high : number(high - 59));
        output.literal(packed, at, size);
        at += size;
        break;
      }
      case 1:
        output.copy(((tag >>> 5) << 8) | number(1), 4 + (high & 7));
        break;
      case 2:
        output.copy(number(2), 1 + high);
        break;
      default:
        output.copy(number(4), 1 + high);
    }
  }
  return output.whole();
}

/** Little-endian, seven bits a byte, at most 32 bits. */
function lengthOf(packed: Buffer): { value: number; at: number } {
  let value = 0;
  for (let at = 0; at < 5; at += 1) {
    const byte = packed[at];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 0x80 ** at;
    if (byte < 0x80) return { value, at: at + 1 };
  }
  throw new MalformedError('the snappy block has no length');
}
