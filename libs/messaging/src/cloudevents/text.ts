import { toPlainText } from '@dozen/kernel';

/** What CloudEvents 1.0 keeps out of a String, and U+FFFD, which stands for bytes that were no UTF-8. */
const DISALLOWED = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\uFFFD]/u;

/** A non-empty String of CloudEvents 1.0: Unicode without control characters, lone surrogates and noncharacters. */
export function isCloudEventsText(text: string): boolean {
  return text !== '' && !DISALLOWED.test(text);
}

/** Any text as one line for people: each run of white space and control characters is a space. */
export function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

/** The beginning of any text, as plain text. `chars`: UTF-16 units; half of a pair at the end becomes U+FFFD. */
export function clipped(text: string, chars: number): string {
  return toPlainText(text.slice(0, chars));
}
