import { messageOf } from '@dozen/kernel';
import { HEADER_BYTES } from '../../weight.js';
import { type AbortedTransaction, AbortedTransactions } from './aborted-transactions.js';
import type { Allowance } from './allowance.js';
import { type BatchHeader, claimedLast, readHeader } from './batch-header.js';
import { type ReadRecords, readRecords, unpackRecords } from './batch-records.js';
import { type Frame, framesOf } from './frames.js';
import type { DecodedRecord } from './record-decoder.js';
import { UnreadableRecords } from './unreadable-records.js';

/** An offset with nothing to hand over: kafkajs goes on behind it, as behind a marker of a transaction. */
export interface PassedOffset {
  readonly offset: string;
  readonly isControlRecord: true;
}

export type FetchedMessage = DecodedRecord | UnreadableRecords | PassedOffset;

/** What the broker's answer says of one partition. */
export interface PartitionAnswer {
  readonly batches: Buffer;
  readonly highWatermark: string;
  readonly abortedTransactions: readonly AbortedTransaction[];
}

/**
 * Everything in a partition's part of an answer, in order; never rejects. What cannot be read is among it. Batches are
 * left out when the allowance is spent: kafkajs asks for them again.
 */
export async function readPartition(answer: PartitionAnswer, allowance: Allowance): Promise<FetchedMessage[]> {
  const aborted = new AbortedTransactions(answer.abortedTransactions);
  const messages: FetchedMessage[] = [];
  for (const frame of framesOf(answer.batches, BigInt(answer.highWatermark) - 1n)) {
    if (allowance.spent) break;
    for (const message of await readFrame(frame, aborted, allowance)) messages.push(message);
  }
  return messages;
}

async function readFrame(frame: Frame, aborted: AbortedTransactions, allowance: Allowance): Promise<FetchedMessage[]> {
  try {
    const header = readHeader(frame.bytes);
    aborted.moveTo(header.lastOffset);
    // Compaction may have taken the batch's last record, or all: kafkajs would ask for the same batch again.
    const end: PassedOffset = { offset: header.lastOffset.toString(), isControlRecord: true };
    if (header.transactional && !header.control && aborted.has(header.producerId)) return [end];
    const records = await readWithin(allowance, header);
    if (!header.control) return [...records, end];
    if (isAbort(records[0]?.key)) aborted.ended(header.producerId);
    return [end];
  } catch (error) {
    const firstOffset = frame.bytes.readBigInt64BE(0).toString();
    const lastOffset = claimedLast(frame.bytes, frame.limit).toString();
    return [new UnreadableRecords({ firstOffset, lastOffset }, frame.bytes, messageOf(error))];
  }
}

async function readWithin(allowance: Allowance, header: BatchHeader): Promise<ReadRecords['records']> {
  try {
    const unpacked = await unpackRecords(header);
    const { records, headers } = readRecords(header, unpacked);
    allowance.take(unpacked.length + headers * HEADER_BYTES, header.count);
    return records;
  } catch (error) {
    allowance.takeFailure();
    throw error;
  }
}

/** A marker's key is a version and a type, of two bytes each; the types are abort and commit. */
function isAbort(key: Buffer | null | undefined): boolean {
  return key?.readInt16BE(2) === 0;
}
