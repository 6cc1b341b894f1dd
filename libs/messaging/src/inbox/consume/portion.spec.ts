import { messagingPolicy } from '../../policy.js';
import type { FetchedRecord } from '../../broker/port.js';
import { portionOf } from './portion.js';

const record = (bytes: number, headers: Record<string, string> = {}): FetchedRecord => ({
  topic: 't',
  partition: 0,
  offset: '0',
  timestamp: 0,
  key: null,
  value: Buffer.alloc(bytes),
  headers,
});
const many = (count: number, bytes: number) => Array.from({ length: count }, () => record(bytes));

describe('the records of one transaction', () => {
  it.each([
    ['as many as are wanted, of usual ones', many(600, 2_000), 500],
    ['all, of a few', many(3, 2_000), 3],
    ['as many as fit', many(10, messagingPolicy.portionBytes / 4), 3],
    ['one that does not fit', many(2, 2 * messagingPolicy.portionBytes), 1],
    ['none of none', [], 0],
  ])('are %s', (_name, records, expected) => {
    const portion = portionOf(records, 500);
    // Megabytes: they are not to be printed.
    expect(portion.length).toBe(expected);
    expect(portion.every((record, n) => record === records[n])).toBe(true);
  });

  it('count with their headers', () => {
    const headers = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`h${n}`, '']));
    const records = Array.from({ length: 500 }, () => record(0, headers));
    expect(portionOf(records, 500).length).toBeLessThan(100);
  });
});
