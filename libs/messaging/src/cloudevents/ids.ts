import { canonicalUuidV7, uuidV7Millis } from '@dozen/kernel';
import type { Reading } from './reading.js';

/** Which ids can be claimed: those that the inbox remembers, and no more than a clock's difference ahead. */
export interface IdWindow {
  /** Ids older than this are refused: the inbox no longer remembers them. */
  readonly keepMs: number;
  readonly clockSkewMs: number;
  readonly now: Date;
}

/** `ce_id` in the spelling that PostgreSQL gives back for it, so that an id has one. */
export function readId(text: string | undefined, { now, keepMs, clockSkewMs }: IdWindow): Reading<string> {
  const id = text === undefined ? undefined : canonicalUuidV7(text);
  if (id === undefined) return { fault: 'ce_id is no UUIDv7' };
  const age = now.getTime() - uuidV7Millis(id);
  if (age > keepMs) return { fault: 'ce_id is older than the inbox remembers' };
  return age < -clockSkewMs ? { fault: 'ce_id is dated in the future' } : { value: id };
}
