import { toPlainText } from '@dozen/kernel';

/**
 * A text for an answer: plain, and cut after `most` UTF-16 units. A problem repeats what the client sent (a path, a key), which
 * could make the answer as long as the client likes.
 */
export function shown(text: string, most = 200): string {
  return toPlainText(text.length > most ? `${text.slice(0, most)}…` : text);
}
