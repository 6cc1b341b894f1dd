import { z } from 'zod';

/**
 * A whole number as a person writes it: decimal digits alone. JavaScript's own reading would take 0x10, 1e1, a space before
 * it and nothing at all.
 */
export function plainNumber({ min, max }: { readonly min: number; readonly max: number }) {
  const digits = new RegExp(`^[0-9]{1,${String(max).length}}$`);
  return z
    .string()
    .regex(digits, `a whole number from ${min} to ${max} is expected, in decimal digits`)
    .transform(Number)
    .pipe(z.number().min(min).max(max));
}
