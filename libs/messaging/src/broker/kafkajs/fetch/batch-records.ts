import { messageOf } from '@dozen/kernel';
import { messagingPolicy as policy } from '../../../policy.js';
import type { BatchHeader } from './batch-header.js';
import { unpack } from './codecs/unpack.js';
import { Cursor, MalformedError } from './cursor.js';
import {
  type BatchContext,
  type DecodedRecord,
  plus,
  readPlace,
  readRecord,
  type RecordPlace,
} from './record-decoder.js';
import { UnreadableRecords } from './unreadable-records.js';

export interface ReadRecords {
  readonly records: readonly (DecodedRecord | UnreadableRecords)[];
  /** Of all records together. */
  readonly headers: number;
}

/** The records of a batch, packed no more. Throws MalformedError. */
export function unpackRecords({ codec, count, records }: BatchHeader): Promise<Buffer> {
  if (count < 0) throw new MalformedError(`the batch says that it has ${count} records`);
  if (count > policy.batchRecords) throw new MalformedError(`${count} records, more than ${policy.batchRecords}`);
  return unpack(codec, records, policy.unpackBytes);
}

/**
 * Every record that the batch announces, or none: throws MalformedError when they are not where it says, or have more
 * headers than a batch may. One whose place is right and whose content is not stands for itself.
 */
export function readRecords(header: BatchHeader, unpacked: Buffer): ReadRecords {
  const batch: BatchContext = {
    firstOffset: header.firstOffset.toString(),
    firstTimestamp: header.firstTimestamp.toString(),
    appendTimestamp: header.logAppendTime ? header.maxTimestamp.toString() : undefined,
    headers: 0,
  };
  const lastDelta = Number(header.lastOffset - header.firstOffset);
  const read: (DecodedRecord | UnreadableRecords)[] = [];
  const cursor = new Cursor(unpacked);
  let before = -1;
  for (let n = 0; n < header.count; n += 1) {
    const size = cursor.varInt();
    const record = new Cursor(unpacked, cursor.skip(size), cursor.at);
    const place = readPlace(record);
    if (place.offsetDelta <= before || place.offsetDelta > lastDelta) {
      throw new MalformedError('the offsets of the records do not ascend within those of the batch');
    }
    before = place.offsetDelta;
    read.push(readOrKeep(record, place, batch));
    if (batch.headers > policy.batchHeaders) throw new MalformedError(`more than ${policy.batchHeaders} headers`);
  }
  if (cursor.left > 0) throw new MalformedError(`${cursor.left} bytes after the last record`);
  return { records: read, headers: batch.headers };
}

function readOrKeep(record: Cursor, place: RecordPlace, batch: BatchContext): DecodedRecord | UnreadableRecords {
  const from = record.at;
  try {
    return readRecord(record, place, batch);
  } catch (error) {
    const offset = plus(batch.firstOffset, place.offsetDelta);
    const bytes = record.bytes.subarray(from, record.end);
    return new UnreadableRecords({ firstOffset: offset, lastOffset: offset }, bytes, messageOf(error));
  }
}
