import { canonicalUuidV7 } from '@dozen/kernel';
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

/** A UUIDv7 in any spelling (RFC 9562 has readers take capitals); the handler gets the one that is used inside. */
export const uuidParameter = z.string().transform((text, context) => {
  const id = canonicalUuidV7(text);
  if (id !== undefined) return id;
  context.addIssue({ code: 'custom', message: 'a UUIDv7 is expected' });
  return z.NEVER;
});
