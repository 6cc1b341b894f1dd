import type fc from 'fast-check';
import type { Grade, Graded } from '../grade.js';

export interface Allowing<T> extends Graded<T> {
  readonly allow?: readonly number[];
}

/** Values of one grade; `allow`: the only statuses that are right for them. */
export function plain<T>(grade: Grade, values: fc.Arbitrary<T>, allow?: readonly number[]): fc.Arbitrary<Allowing<T>> {
  return values.map((value) => ({ grade, value, ...(allow === undefined ? {} : { allow }) }));
}
