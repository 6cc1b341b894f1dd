/** Bytes that are not what the format says. The message is for an operator. */
export class MalformedError extends Error {}

/** Ten groups of seven bits: the longest number that the format has (64 bits). */
const LARGEST_SCALE = 0x80 ** 9;

/** Reads forward and never past `end`, whatever the lengths in the bytes say. Throws MalformedError, and nothing else. */
export class Cursor {
  readonly bytes: Buffer;
  readonly end: number;
  at: number;

  constructor(bytes: Buffer, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  get left(): number {
    return this.end - this.at;
  }

  /** Moves on by `size` bytes; returns where they begin. */
  skip(size: number): number {
    const from = this.at;
    if (size < 0 || size > this.end - from) {
      throw new MalformedError(`${size} bytes are announced, ${this.end - from} are there`);
    }
    this.at = from + size;
    return from;
  }

  /** Zigzag, seven bits a byte. By multiplication, since a time may have more than 32 bits. */
  varInt(): number {
    let raw = 0;
    for (let scale = 1; scale <= LARGEST_SCALE; scale *= 0x80) {
      if (this.at >= this.end) throw new MalformedError('the bytes end inside a number');
      const byte = this.bytes[this.at++] ?? 0;
      raw += (byte & 0x7f) * scale;
      if (byte < 0x80) return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
    }
    throw new MalformedError('a number has more than ten bytes');
  }

  /** A view, no copy; null for a length below 0. */
  sized(): Buffer | null {
    const size = this.varInt();
    if (size < 0) return null;
    const from = this.skip(size);
    return this.bytes.subarray(from, this.at);
  }

  /** UTF-8; undefined for a length below 0. */
  text(): string | undefined {
    const size = this.varInt();
    if (size < 0) return undefined;
    const from = this.skip(size);
    return this.bytes.toString('utf8', from, this.at);
  }
}
