import { createHash } from 'node:crypto';
import type { DozenError } from '@dozen/kernel';
import type { FetchedRecord, Unreadable } from '../../broker/port.js';
import { messagingError } from '../../errors.js';
import { messagingPolicy as policy } from '../../policy.js';

/**
 * A dead letter from the start. It has no id to claim and no key to hold: whose messages they were, nobody can tell. Of
 * bytes past the policy's `unreadableKeepBytes` the rest is known by length and digest.
 */
export function refuseUnreadable(
  record: FetchedRecord,
  { firstOffset, reason }: Unreadable,
): { record: FetchedRecord; error: DozenError } {
  const bytes = record.value ?? Buffer.alloc(0);
  const details = { firstOffset, lastOffset: record.offset, bytes: bytes.length, sha256: sha256Of(bytes) };
  const error = messagingError('MSG-UNREADABLE', `no record can be read here: ${reason}`, { details });
  return { record: { ...record, value: bytes.subarray(0, policy.unreadableKeepBytes) }, error };
}

function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
