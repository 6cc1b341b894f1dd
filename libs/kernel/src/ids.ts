import { v7 } from 'uuid';

/** A UUIDv7 (RFC 9562): its first 48 bits are the Unix time in ms, so ids sort by creation time. */
export function newId(): string {
  return v7();
}

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** True for the canonical text form of a UUID of version 7. */
export function isUuidV7(text: string): boolean {
  return UUID_V7.test(text);
}

/** The time a UUIDv7 carries, in ms since the epoch. The caller has checked `isUuidV7`. */
export function uuidV7Millis(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** The smallest UUIDv7 of a moment; a lower bound for range partitions. `millis` since the epoch. */
export function uuidV7Floor(millis: number): string {
  const hex = Math.floor(millis).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7000-8000-000000000000`;
}
