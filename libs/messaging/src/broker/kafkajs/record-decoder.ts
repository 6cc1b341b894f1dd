/** What kafkajs hands to its record decoder (message format 2, KIP-98): one record, without its length. */
export interface EncodedRecordReader {
  readonly buffer: Buffer;
}

/** What the records of a batch have in common; numbers of 64 bits are decimal text. */
export interface BatchContext {
  readonly firstOffset: string;
  readonly firstTimestamp: string;
  readonly maxTimestamp: string;
  /** 1: the broker's time of the whole batch counts. */
  readonly timestampType: number;
  readonly magicByte: number;
  readonly isControlBatch?: boolean;
}

type HeaderValue = Buffer | null;

const LOG_APPEND_TIME = 1;

/**
 * A record as kafkajs' own decoder would read it, which copies all headers read so far for each further one and makes a
 * buffer of each value: with CloudEvents' ten headers that was half of what a record cost. Here headers are read when they
 * are asked for, and then as what is asked for.
 */
export class DecodedRecord {
  readonly magicByte: number;
  readonly attributes: number;
  readonly timestamp: string;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly isControlRecord: boolean;
  readonly batchContext: BatchContext;
  readonly #buffer: Buffer;
  readonly #headersAt: number;

  constructor(buffer: Buffer, batchContext: BatchContext) {
    const { firstOffset, firstTimestamp, maxTimestamp, timestampType, magicByte, isControlBatch } = batchContext;
    const cursor = new Cursor(buffer, 0);
    this.magicByte = magicByte;
    this.attributes = cursor.int8();
    const sent = plus(firstTimestamp, cursor.varInt());
    this.timestamp = timestampType === LOG_APPEND_TIME && maxTimestamp ? maxTimestamp : sent;
    this.offset = plus(firstOffset, cursor.varInt());
    this.key = cursor.bytes();
    this.value = cursor.bytes();
    this.isControlRecord = isControlBatch ?? false;
    this.batchContext = batchContext;
    this.#buffer = buffer;
    this.#headersAt = cursor.at;
  }

  /** As kafkajs has them: an array where a name is repeated. */
  get headers(): Record<string, HeaderValue | HeaderValue[]> {
    const headers: Record<string, HeaderValue | HeaderValue[]> = {};
    const cursor = new Cursor(this.#buffer, this.#headersAt);
    for (let left = cursor.varInt(); left > 0; left -= 1) {
      const name = cursor.text() ?? '';
      const value = cursor.bytes();
      const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
      if (before === undefined) headers[name] = value;
      else headers[name] = Array.isArray(before) ? [...before, value] : [before, value];
    }
    return headers;
  }

  /** As text, the last value of each name that is not null. */
  get plainHeaders(): Record<string, string> {
    const plain: Record<string, string> = {};
    const cursor = new Cursor(this.#buffer, this.#headersAt);
    for (let left = cursor.varInt(); left > 0; left -= 1) {
      const name = cursor.text() ?? '';
      const value = cursor.text();
      if (value !== undefined) plain[name] = value;
    }
    return plain;
  }
}

export function decodeRecord({ buffer }: EncodedRecordReader, batchContext: BatchContext): DecodedRecord {
  return new DecodedRecord(buffer, batchContext);
}

/** Text that is a safe integer needs no big one. */
function plus(text: string, delta: number): string {
  const sum = Number(text) + delta;
  return Number.isSafeInteger(sum) ? String(sum) : String(BigInt(text) + BigInt(delta));
}

class Cursor {
  readonly #buffer: Buffer;
  at: number;

  constructor(buffer: Buffer, at: number) {
    this.#buffer = buffer;
    this.at = at;
  }

  int8(): number {
    return this.#buffer.readInt8(this.at++);
  }

  /** Zigzag, seven bits a byte. By multiplication, since a time may have more than 32 bits. */
  varInt(): number {
    let byte = this.#buffer[this.at++] ?? 0;
    let raw = byte & 0x7f;
    for (let scale = 0x80; byte >= 0x80; scale *= 0x80) {
      byte = this.#buffer[this.at++] ?? 0;
      raw += (byte & 0x7f) * scale;
    }
    return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
  }

  bytes(): Buffer | null {
    const size = this.varInt();
    return size < 0 ? null : this.#buffer.subarray(this.at, (this.at += size));
  }

  text(): string | undefined {
    const size = this.varInt();
    return size < 0 ? undefined : this.#buffer.toString('utf8', this.at, (this.at += size));
  }
}
