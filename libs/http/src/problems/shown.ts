import { toPlainText } from '@dozen/kernel';

/**
 * A text for an answer: plain, and cut after so many UTF-16 units. What a client sent comes back in a problem (a path, a
 * key), and would make the answer as long as it likes.
 */
export function shown(text: string, most = 200): string {
  return toPlainText(text.length > most ? `${text.slice(0, most)}…` : text);
}
