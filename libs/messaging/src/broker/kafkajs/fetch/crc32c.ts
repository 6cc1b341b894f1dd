const POLYNOMIAL = 0x82f63b78;
const SLICES = 8;

/** Row n: what a byte does to the sum when n bytes follow it. */
const TABLE = new Int32Array(SLICES * 256);
for (let byte = 0; byte < 256; byte += 1) {
  let sum = byte;
  for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ POLYNOMIAL : sum >>> 1;
  TABLE[byte] = sum;
}
for (let at = 256; at < TABLE.length; at += 1) {
  const before = of(at - 256);
  TABLE[at] = (before >>> 8) ^ of(before & 0xff);
}

function of(at: number): number {
  return TABLE[at] ?? 0;
}

/**
 * CRC-32C (Castagnoli, RFC 3720), which record batches carry, as an unsigned number. Eight bytes a step ("slicing-by-8",
 * Kounavis and Berry 2005): about 1 GB/s, where a byte a step has 0.3. Node's own `zlib.crc32` has the other polynomial.
 */
export function crc32c(bytes: Buffer, from: number, to: number): number {
  let sum = -1;
  let at = from;
  for (; at + SLICES <= to; at += SLICES) {
    sum ^=
      byteAt(bytes, at) | (byteAt(bytes, at + 1) << 8) | (byteAt(bytes, at + 2) << 16) | (byteAt(bytes, at + 3) << 24);
    sum =
      of(0x700 + (sum & 0xff)) ^
      of(0x600 + ((sum >>> 8) & 0xff)) ^
      of(0x500 + ((sum >>> 16) & 0xff)) ^
      of(0x400 + (sum >>> 24)) ^
      of(0x300 + byteAt(bytes, at + 4)) ^
      of(0x200 + byteAt(bytes, at + 5)) ^
      of(0x100 + byteAt(bytes, at + 6)) ^
      of(byteAt(bytes, at + 7));
  }
  for (; at < to; at += 1) sum = of((sum ^ byteAt(bytes, at)) & 0xff) ^ (sum >>> 8);
  return ~sum >>> 0;
}

function byteAt(bytes: Buffer, at: number): number {
  return bytes[at] ?? 0;
}
