import { messageOf } from '@dozen/kernel';
import type { Reading } from './reading.js';
import { clipped } from './text.js';

/**
 * One decoder for all, since making one costs more than decoding does; without `stream` it keeps nothing between two
 * bodies. It takes a BOM off.
 */
const UTF8 = new TextDecoder('utf-8', { fatal: true });
const REASON_CHARS = 200;

/** JSON in UTF-8 (RFC 8259). Of a name that is there twice the last counts. Never throws. */
export function readBody(bytes: Buffer | null): Reading<unknown> {
  if (bytes === null) return { fault: 'the record has no body' };
  const text = textOf(bytes);
  if (text === undefined) return { fault: 'the body is not UTF-8' };
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    // It may be a RangeError too, when the nesting is too deep for the engine: the same bytes cause it again.
    return { fault: clipped(messageOf(error), REASON_CHARS) };
  }
}

function textOf(bytes: Buffer): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}
