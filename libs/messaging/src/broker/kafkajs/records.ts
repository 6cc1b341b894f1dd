import type { Batch, IHeaders } from 'kafkajs';
import type { FetchedRecord } from '../port.js';

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
    headers: plainHeaders(message.headers ?? {}),
  }));
}

function plainHeaders(headers: IHeaders): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined) plain[name] = last.toString();
  }
  return plain;
}
