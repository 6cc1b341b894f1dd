import { EMAIL_FORM, isEmailAddress, isPlainText, MAX_EMAIL } from '@dozen/kernel';
import { z } from 'zod';

/*
 * What every text of a message is made of. A contract has no other: what passes it is plain, bounded and in one spelling, so
 * that each event which follows from it fits into a record and nothing inside looks again.
 */

/** Plain text (see the kernel's `isPlainText`) of `min` to `max` UTF-16 code units; `min` is 0 unless it is given. */
export function text({ min, max }: { readonly min?: number; readonly max: number }): z.ZodString {
  const bounded = z.string().max(max);
  return (min === undefined ? bounded : bounded.min(min)).refine(
    isPlainText,
    'must be well-formed Unicode without NUL',
  );
}

/** Text of one form. `form` is anchored at both ends, and what it lets through is plain and bounded. */
export function formed(form: RegExp): z.ZodString {
  return z.string().regex(form);
}

/** An id is taken in any spelling, as RFC 9562 has readers do, and passed on in small letters. */
export const uuidV7 = z.uuid({ version: 'v7' }).toLowerCase();

/** See the kernel's `isEmailAddress`. */
export const email = z.email({ pattern: EMAIL_FORM }).max(MAX_EMAIL).refine(isEmailAddress, 'no address of a mailbox');
