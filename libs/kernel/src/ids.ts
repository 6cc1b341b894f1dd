import { v7 } from 'uuid';

/** A UUIDv7 (RFC 9562): its first 48 bits are the Unix time in ms, so ids sort by creation time. */
export function newId(): string {
  return v7();
}

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** True for the one spelling of a UUIDv7 that is used inside: small letters (RFC 9562, section 4). */
export function isUuidV7(text: string): boolean {
  return UUID_V7.test(text);
}

/**
 * A UUIDv7 in the spelling that is used inside; undefined for anything else. RFC 9562 has readers take capitals, and some
 * clients write them (Swift's `uuidString`): what compares ids must see one spelling.
 */
export function canonicalUuidV7(text: string): string | undefined {
  const id = text.toLowerCase();
  return isUuidV7(id) ? id : undefined;
}

/** The time a UUIDv7 carries, in ms since the epoch. The caller has checked `isUuidV7`. */
export function uuidV7Millis(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** The smallest UUIDv7 of a moment; a lower bound for range partitions. `millis` since the epoch. */
export function uuidV7LowerBound(millis: number): string {
  const hex = Math.floor(millis).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7000-8000-000000000000`;
}
