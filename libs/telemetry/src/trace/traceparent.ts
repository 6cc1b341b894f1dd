import { randomFillSync } from 'node:crypto';

/** The parts of a `traceparent` header: W3C Trace Context Level 2, https://www.w3.org/TR/trace-context-2/. */
export interface TraceParent {
  /** 32 lower-case hex digits, not all zero. */
  readonly traceId: string;
  /** 16 lower-case hex digits, not all zero. */
  readonly spanId: string;
  readonly sampled: boolean;
  /** The right-most 7 bytes of the trace id are random (Level 2). */
  readonly random: boolean;
}

const FORMAT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const SAMPLED = 0x01;
const RANDOM = 0x02;

/** Undefined for whatever the standard tells a receiver to ignore. Versions after 00 are read by what 00 knows. */
export function parseTraceparent(text: string): TraceParent | undefined {
  const [, version, traceId, spanId, flagText, rest] = FORMAT.exec(text) ?? [];
  if (version === undefined || traceId === undefined || spanId === undefined || flagText === undefined)
    return undefined;
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  const flags = Number.parseInt(flagText, 16);
  return { traceId, spanId, sampled: (flags & SAMPLED) !== 0, random: (flags & RANDOM) !== 0 };
}

/** Always of version 00; flags that are not known are sent as zero, as the standard asks. */
export function formatTraceparent({ traceId, spanId, sampled, random }: TraceParent): string {
  const flags = (sampled ? SAMPLED : 0) | (random ? RANDOM : 0);
  return `00-${traceId}-${spanId}-${flags.toString(16).padStart(2, '0')}`;
}

/** The first span of a new, sampled trace. */
export function newTraceparent(): string {
  return formatTraceparent({ traceId: randomHex(16), spanId: randomHex(8), sampled: true, random: true });
}

/** A new span of the same trace; of a new trace when the text is no traceparent. */
export function childOf(traceparent: string): string {
  const parent = parseTraceparent(traceparent);
  return parent === undefined ? newTraceparent() : formatTraceparent({ ...parent, spanId: randomHex(8) });
}

/** Random bytes are drawn ahead: asking the system for 8 bytes costs as much as for all of these. */
const random = { pool: Buffer.alloc(4096), taken: 4096 };

function randomHex(bytes: number): string {
  if (random.taken + bytes > random.pool.length) {
    randomFillSync(random.pool);
    random.taken = 0;
  }
  random.taken += bytes;
  const hex = random.pool.toString('hex', random.taken - bytes, random.taken);
  return /^0+$/.test(hex) ? randomHex(bytes) : hex;
}
