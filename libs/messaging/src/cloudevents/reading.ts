/** A part of a record as it is used inside, or why it cannot be: `fault` is for an operator, and plain, bounded text. */
export type Reading<T> =
  { readonly value: T; readonly fault?: undefined } | { readonly value?: undefined; readonly fault: string };
