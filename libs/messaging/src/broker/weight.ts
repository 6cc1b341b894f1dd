import type { FetchedRecord } from './port.js';

/** What a record's object takes, with its offset and its two views on a buffer. */
const RECORD_BYTES = 256;
/** What the two strings of a header take beside their text. */
export const HEADER_BYTES = 64;

/**
 * About how many bytes a fetched record takes in memory. Headers count even when they are empty, since a record may
 * have a thousand.
 */
export function weightOf({ key, value, headers }: Pick<FetchedRecord, 'key' | 'value' | 'headers'>): number {
  let bytes = RECORD_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
  for (const name in headers) bytes += HEADER_BYTES + name.length + (headers[name]?.length ?? 0);
  return bytes;
}
