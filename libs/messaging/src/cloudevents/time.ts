import type { Reading } from './reading.js';

/** RFC 3339, section 5.6: letters of any case, seconds up to 60, a fraction of any length, an offset that must be there. */
const RFC_3339 =
  /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:\.(\d+))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/i;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** PostgreSQL knows no year 0, and its dates are written with four digits like RFC 3339's. */
const FIRST = Date.parse('0001-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * A time of RFC 3339 to the millisecond, the rest cut off. `Date.parse` takes far more (`1`, `2026-02-30`, `yesterday 3`),
 * each engine other things, and no leap second: that one is here the first second of the next day, as Unix time has it.
 */
export function readTime(text: string): Reading<Date> {
  const [, year, month, day, hour, minute, second, fraction = '', sign, offHour, offMinute] = RFC_3339.exec(text) ?? [];
  if (year === undefined) return { fault: 'no time of RFC 3339' };
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return { fault: 'no such day' };
  date.setUTCHours(Number(hour), Number(minute), Number(second), Number(fraction.slice(0, 3).padEnd(3, '0')));
  const offset = (Number(offHour ?? 0) * 60 + Number(offMinute ?? 0)) * MINUTE;
  const millis = date.getTime() - (sign === '-' ? -offset : offset);
  if (second === '60' && modulo(millis, DAY) >= 1000) return { fault: 'no such second' };
  return ofMillis(millis);
}

/** Reads a record's own time. A producer may have sent any number; -1 is how Kafka says that there is none. */
export function readTimestamp(millis: number): Reading<Date> {
  return millis < 0 ? { fault: 'no time' } : ofMillis(millis);
}

/** A Date that PostgreSQL stores as it is. */
function ofMillis(millis: number): Reading<Date> {
  return millis >= FIRST && millis <= LAST ? { value: new Date(millis) } : { fault: 'outside the years 1 to 9999' };
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
