import type { Batch, IHeaders } from 'kafkajs';
import type { FetchedRecord } from '../port.js';
import { DecodedRecord } from './record-decoder.js';

/** The offset that was asked for; kafkajs' types leave it out. Its first record may be later (compaction, markers). */
export function fetchedFrom(batch: Batch): bigint {
  return BigInt((batch as Batch & { readonly fetchedOffset: string }).fetchedOffset);
}

export function toRecords(batch: Batch, topic: string): FetchedRecord[] {
  return batch.messages.map((message) => ({
    topic,
    partition: batch.partition,
    offset: message.offset,
    key: message.key,
    value: message.value,
    headers: message instanceof DecodedRecord ? message.plainHeaders : plainHeaders(message.headers ?? {}),
  }));
}

/** The same as `DecodedRecord.plainHeaders`, of a record that kafkajs has read by itself. */
function plainHeaders(headers: IHeaders): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    // kafkajs' types do not say that a value may be null.
    const last = [value].flat().findLast((one) => Buffer.isBuffer(one) || typeof one === 'string');
    if (last !== undefined) plain[name] = last.toString();
  }
  return plain;
}
