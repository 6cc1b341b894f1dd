import { messagingPolicy as policy } from '../../../policy.js';
import { type Cursor, MalformedError } from './cursor.js';

/** What the records of a batch have in common; numbers of 64 bits are decimal text. */
export interface BatchContext {
  readonly firstOffset: string;
  readonly firstTimestamp: string;
  /** The broker's time, where it counts for the whole batch. */
  readonly appendTimestamp: string | undefined;
  /** Counted by those that read records: see the policy's batchHeaders. */
  headers: number;
}

/**
 * A record as kafkajs hands it on, as far as anybody asks. kafkajs' own decoder copies all headers read so far for each
 * further one, and trusts every length in the bytes.
 */
export interface DecodedRecord {
  readonly offset: string;
  /** ms since 1970. */
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** The last value of each name that is not null. */
  readonly headers: Readonly<Record<string, string>>;
  readonly isControlRecord: false;
}

/** Where a record of a batch lies, which its batch must say right for any other to be found. */
export interface RecordPlace {
  readonly offsetDelta: number;
  readonly timestampDelta: number;
}

/** Reads up to the key, of message format 2 (KIP-98) without the length in front. Throws MalformedError. */
export function readPlace(cursor: Cursor): RecordPlace {
  // Skips the attributes, of which none is in use.
  cursor.skip(1);
  const timestampDelta = cursor.varInt();
  return { timestampDelta, offsetDelta: cursor.varInt() };
}

/** Reads on from the key to the cursor's end. Throws MalformedError. */
export function readRecord(
  cursor: Cursor,
  { offsetDelta, timestampDelta }: RecordPlace,
  batch: BatchContext,
): DecodedRecord {
  if (cursor.end - cursor.at > policy.recordBytes) {
    throw new MalformedError(`a record of more than ${policy.recordBytes} bytes`);
  }
  const key = cursor.sized();
  const value = cursor.sized();
  const headers = readHeaders(cursor, batch);
  if (cursor.left > 0) throw new MalformedError(`${cursor.left} bytes after the last header`);
  return {
    offset: plus(batch.firstOffset, offsetDelta),
    timestamp: batch.appendTimestamp ?? plus(batch.firstTimestamp, timestampDelta),
    key,
    value,
    headers,
    isControlRecord: false,
  };
}

function readHeaders(cursor: Cursor, batch: BatchContext): Record<string, string> {
  const count = cursor.varInt();
  if (count < 0) throw new MalformedError('a negative number of headers');
  if (count > policy.recordHeaders) throw new MalformedError(`${count} headers, more than ${policy.recordHeaders}`);
  batch.headers += count;
  const headers: Record<string, string> = {};
  for (let left = count; left > 0; left -= 1) {
    const name = cursor.text();
    if (name === undefined) throw new MalformedError('a header without a name');
    const value = cursor.text();
    if (value !== undefined) headers[name] = value;
  }
  return headers;
}

/** Text that is a safe integer needs no big one. */
export function plus(text: string, delta: number): string {
  const sum = Number(text) + delta;
  return Number.isSafeInteger(sum) ? String(sum) : String(BigInt(text) + BigInt(delta));
}
