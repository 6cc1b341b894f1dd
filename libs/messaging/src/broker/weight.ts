import type { FetchedRecord } from './port.js';

/** Of a record's object with its offset and its two views on a buffer. */
const RECORD_BYTES = 256;
/** Of a header's two strings, beside their text. */
export const HEADER_BYTES = 64;

/** What a fetched record takes up in memory, in bytes and about: a thousand empty headers are not nothing. */
export function weightOf({ key, value, headers }: Pick<FetchedRecord, 'key' | 'value' | 'headers'>): number {
  let bytes = RECORD_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
  for (const name in headers) bytes += HEADER_BYTES + name.length + (headers[name]?.length ?? 0);
  return bytes;
}
