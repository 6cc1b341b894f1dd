import { isPlainText } from '@dozen/kernel';

/**
 * Whether a value can be one of the environment: plain text without control characters. A line break in it is a second
 * header of a mail or a request, a NUL ends it in the protocol of PostgreSQL.
 */
export function isCleanText(text: string): boolean {
  return isPlainText(text) && !/\p{Cc}/u.test(text);
}
