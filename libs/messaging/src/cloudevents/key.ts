import { createHash } from 'node:crypto';
import { canonicalUuidV7, toPlainText } from '@dozen/kernel';
import { messagingPolicy as policy } from '../policy.js';
import { isCloudEventsText } from './text.js';

/** A record's key as everything inside compares and holds it. */
export interface RecordKey {
  /**
   * The key as plain text, at most the policy's `textBytes`; empty where there is none. For a key with a fault, text
   * that stands for it.
   */
  readonly text: string;
  /** Why no message can have this key. */
  readonly fault: string | undefined;
}

/**
 * A UUIDv7 in any spelling is one key; what is none (a SKU) stays as it is. Kafka chooses the partition by the key's bytes,
 * so another spelling may lie in another partition, and there is no order between the two: commands need none, and events
 * come from our own outbox, which has one spelling.
 */
export function canonicalKey(text: string): string {
  return canonicalUuidV7(text) ?? text;
}

/** Never throws. A key that is too long for an index goes by its hash: what is parked for it holds it all the same. */
export function readKey(bytes: Buffer | null): RecordKey {
  if (bytes === null || bytes.length === 0) return { text: '', fault: 'the record has no key' };
  if (bytes.length > policy.textBytes) {
    const text = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    return { text, fault: `the key has more than ${policy.textBytes} bytes` };
  }
  const text = bytes.toString('utf8');
  const fault = isCloudEventsText(text) ? undefined : 'the key is no text in UTF-8 without control characters';
  return { text: canonicalKey(toPlainText(text)), fault };
}
