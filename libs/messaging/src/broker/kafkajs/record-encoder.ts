/** What kafkajs hands to its record encoder (message format 2, KIP-98) in a produce request. */
export interface RecordToEncode {
  readonly offsetDelta?: number;
  readonly timestampDelta?: number;
  readonly key?: Bytes;
  readonly value?: Bytes;
  readonly headers?: Readonly<Record<string, Bytes | readonly Bytes[]>>;
}

type Bytes = Buffer | string | null | undefined;

/** The two properties that kafkajs reads of an encoded record. */
export interface EncodedRecord {
  readonly buf: Buffer;
  readonly buffer: Buffer;
}

/**
 * The same bytes as kafkajs' own encoder, which takes a buffer of 512 zeroed bytes and a dozen small ones per *header*:
 * with CloudEvents' ten headers that was two thirds of a relay's CPU time. Sizes first, then one buffer per record.
 */
export function encodeRecord(record: RecordToEncode): EncodedRecord {
  const { offsetDelta = 0, timestampDelta = 0, key, value, headers = {} } = record;
  const fields: Bytes[] = [];
  for (const name of Object.keys(headers)) {
    const given = headers[name];
    for (const one of Array.isArray(given) ? (given as Bytes[]) : [given as Bytes]) fields.push(name, one);
  }
  const sizes = [key, value, ...fields].map(sizeOf);
  let body = 1 + varIntSize(timestampDelta) + varIntSize(offsetDelta) + varIntSize(fields.length / 2);
  for (const size of sizes) body += varIntSize(size) + Math.max(0, size);

  const buf = Buffer.allocUnsafe(varIntSize(body) + body);
  let at = writeVarInt(buf, body, 0);
  at = buf.writeInt8(0, at);
  at = writeVarInt(buf, timestampDelta, at);
  at = writeVarInt(buf, offsetDelta, at);
  at = writeBytes(buf, key, sizes[0] ?? -1, at);
  at = writeBytes(buf, value, sizes[1] ?? -1, at);
  at = writeVarInt(buf, fields.length / 2, at);
  for (let n = 0; n < fields.length; n += 1) at = writeBytes(buf, fields[n], sizes[n + 2] ?? -1, at);
  return { buf, buffer: buf };
}

/** -1 is how the format says null. */
function sizeOf(bytes: Bytes): number {
  return bytes === null || bytes === undefined ? -1 : Buffer.byteLength(bytes);
}

/** Zigzag: small numbers of either sign become small ones. By division, since a time may have more than 32 bits. */
function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function varIntSize(value: number): number {
  let size = 1;
  for (let rest = zigzag(value); rest >= 0x80; rest = Math.floor(rest / 0x80)) size += 1;
  return size;
}

function writeVarInt(buf: Buffer, value: number, from: number): number {
  let at = from;
  let rest = zigzag(value);
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) buf[at++] = (rest % 0x80) | 0x80;
  buf[at++] = rest;
  return at;
}

function writeBytes(buf: Buffer, bytes: Bytes, size: number, from: number): number {
  const at = writeVarInt(buf, size, from);
  if (size <= 0) return at;
  if (typeof bytes === 'string') buf.write(bytes, at, size, 'utf8');
  else bytes?.copy(buf, at);
  return at + size;
}
