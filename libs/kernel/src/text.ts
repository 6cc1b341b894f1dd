/**
 * Text that every part of the system carries unchanged: well-formed Unicode without NUL. PostgreSQL stores no NUL in `text`
 * and neither NUL nor half of a surrogate pair in `jsonb`, and UTF-8 has no form for a lone surrogate: a provider or a mail
 * would get other text than the client sent. What comes in (HTTP, Kafka, tokens, files) is refused unless it is plain text,
 * so that nothing inside has to look again.
 */
export function isPlainText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** Any text as plain text, each NUL and each lone surrogate as U+FFFD: for what is noted about an input that was refused. */
export function toPlainText(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}
