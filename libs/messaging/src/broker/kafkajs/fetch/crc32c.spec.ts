import { randomBytes } from 'node:crypto';
import { crc32c } from './crc32c.js';

/** Bit by bit, from the definition. */
function plainly(bytes: Buffer): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0x82f63b78 : sum >>> 1;
  }
  return (sum ^ 0xffffffff) >>> 0;
}

describe('CRC-32C', () => {
  it.each([
    [Buffer.alloc(32), 0x8a9136aa],
    [Buffer.alloc(32, 0xff), 0x62a8ab43],
    [Buffer.from('123456789'), 0xe3069283],
    [Buffer.alloc(0), 0],
  ])('is the one of RFC 3720, appendix B.4', (bytes, sum) => {
    expect(crc32c(bytes, 0, bytes.length)).toBe(sum);
  });

  it('is the same from any place and of any length', () => {
    const bytes = randomBytes(64);
    for (let from = 0; from < 20; from += 1) {
      for (let to = from; to <= 64; to += 1) expect(crc32c(bytes, from, to)).toBe(plainly(bytes.subarray(from, to)));
    }
  });
});
