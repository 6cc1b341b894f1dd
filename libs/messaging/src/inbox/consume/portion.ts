import type { FetchedRecord } from '../../broker/port.js';
import { weightOf } from '../../broker/weight.js';
import { messagingPolicy } from '../../policy.js';

/**
 * The first of the records, for one transaction: `most` at most and no more bytes than the policy's, but one in any case.
 * What is parked goes to the database in one statement, as text twice its size.
 */
export function portionOf(records: readonly FetchedRecord[], most: number): readonly FetchedRecord[] {
  let bytes = 0;
  let count = 0;
  for (const record of records.slice(0, most)) {
    bytes += weightOf(record);
    if (count > 0 && bytes > messagingPolicy.portionBytes) break;
    count += 1;
  }
  return records.slice(0, count);
}
