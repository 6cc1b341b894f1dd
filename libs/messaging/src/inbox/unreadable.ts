import { createHash } from 'node:crypto';
import type { FetchedRecord, Unreadable } from '../broker/port.js';
import { messagingError } from '../errors.js';
import { messagingPolicy as policy } from '../policy.js';
import type { Item } from './record-reader.js';

/**
 * A dead letter from the start. It has no id to claim and no key to hold: whose messages they were, nobody can tell. Of
 * bytes past the policy's `unreadableKeepBytes` the rest is known by length and digest.
 */
export function unreadableItem(record: FetchedRecord, { firstOffset, reason }: Unreadable): Item {
  const bytes = record.value ?? Buffer.alloc(0);
  const details = { firstOffset, lastOffset: record.offset, bytes: bytes.length, sha256: sha256Of(bytes) };
  const error = messagingError('MSG-UNREADABLE', `no record can be read here: ${reason}`, { details });
  const kept = { ...record, value: bytes.subarray(0, policy.unreadableKeepBytes) };
  return { record: kept, id: undefined, orderKey: undefined, work: undefined, error };
}

function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
