import type { ValueTransformer } from 'typeorm';

/** Of a bigint column, which pg reads as text: amounts of money stay within a double's integers (kernel's Money). Keeps null. */
export const safeInteger = {
  from: (text: string | null): number | null => (text === null ? null : Number(text)),
  to: (value: number | null): number | null => value,
} satisfies ValueTransformer;

/** Rows as the parameters of `unnest($1, $2, …)`: an array for each column. There must be a row, and all must be as long. */
export function columns(rows: readonly (readonly unknown[])[]): unknown[][] {
  const [first] = rows;
  if (first === undefined) throw new TypeError('no row has no columns');
  return first.map((_, column) => rows.map((row) => row[column]));
}
