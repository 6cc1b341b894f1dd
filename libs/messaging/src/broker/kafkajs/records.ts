import type { Batch } from 'kafkajs';
import type { FetchedRecord } from '../port.js';
import type { FetchedMessage } from './fetch/partition-records.js';
import { UnreadableRecords } from './fetch/unreadable-records.js';

/** The offset that was asked for; kafkajs' types leave it out. Its first record may be later (compaction, markers). */
export function fetchedFrom(batch: Batch): bigint {
  return BigInt((batch as Batch & { readonly fetchedOffset: string }).fetchedOffset);
}

/** kafkajs hands on what our reader of its answers made. */
export function toRecords(batch: Batch, topic: string): FetchedRecord[] {
  const { partition } = batch;
  const records: FetchedRecord[] = [];
  for (const message of batch.messages as unknown as readonly FetchedMessage[]) {
    if (message.isControlRecord) continue;
    const { offset, key, value, headers } = message;
    const record = { topic, partition, offset, timestamp: Number(message.timestamp), key, value, headers };
    if (message instanceof UnreadableRecords) {
      const { firstOffset, reason } = message;
      records.push({ ...record, unreadable: { firstOffset, reason } });
    } else {
      records.push(record);
    }
  }
  return records;
}
