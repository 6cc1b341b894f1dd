/**
 * The base of every error that Dozen raises on purpose. Callers branch on `code`, never on the message.
 * Codes are stable, `AREA-REASON` in capitals; each area declares its own in one catalogue file.
 */
export class DozenError extends Error {
  override readonly name: string = 'DozenError';
  readonly code: string;
  /** Facts for the reader: ids, limits, what was found. Never secrets or personal data. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, options: { details?: Record<string, unknown>; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** The text of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
