import { MalformedError } from '../cursor.js';

/** A batch unpacks to more than it may: it was made to exhaust whoever reads it, or is simply too large. */
export class TooLargeError extends MalformedError {
  constructor(maxBytes: number) {
    super(`it unpacks to more than ${maxBytes} bytes`);
  }
}

/** It writes past the size that was given. */
export class OverrunError extends MalformedError {}

/**
 * What a codec of the LZ77 family writes: bytes of the input, and bytes that it wrote before. Never past its size, never
 * from before its beginning. Throws MalformedError.
 */
export class Output {
  readonly #bytes: Buffer;
  #at = 0;

  private constructor(size: number) {
    this.#bytes = Buffer.allocUnsafe(size);
  }

  /** Throws TooLargeError before it takes the memory. */
  static ofSize(size: number, maxBytes: number): Output {
    if (size > maxBytes) throw new TooLargeError(maxBytes);
    return new Output(size);
  }

  literal(from: Buffer, at: number, size: number): void {
    if (size > from.length - at) throw new MalformedError('a literal is longer than what is left');
    this.#reserve(size);
    from.copy(this.#bytes, this.#at, at, at + size);
    this.#at += size;
  }

  /** Copies what stands `back` bytes before the end. It may overlap what it writes, which then repeats. */
  copy(back: number, size: number): void {
    if (back === 0 || back > this.#at) throw new MalformedError('a copy from before the beginning');
    this.#reserve(size);
    const bytes = this.#bytes;
    const to = this.#at;
    if (back >= size) bytes.copyWithin(to, to - back, to - back + size);
    else if (back === 1) bytes.fill(bytes[to - 1] ?? 0, to, to + size);
    else for (let n = to; n < to + size; n += 1) bytes[n] = bytes[n - back] ?? 0;
    this.#at = to + size;
  }

  /** Throws MalformedError unless it is full. */
  whole(): Buffer {
    if (this.#at < this.#bytes.length) throw new MalformedError('less was unpacked than is announced');
    return this.#bytes;
  }

  /** A copy of what is there, without the rest of the memory. */
  soFar(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#at));
  }

  #reserve(size: number): void {
    if (size > this.#bytes.length - this.#at) throw new OverrunError('more is unpacked than is announced');
  }
}
