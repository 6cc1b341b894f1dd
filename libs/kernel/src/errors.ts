export interface DozenErrorOptions {
  readonly details?: Record<string, unknown>;
  readonly cause?: unknown;
  readonly permanent?: boolean;
}

/**
 * The base of every error that Dozen raises on purpose. Callers branch on `code`, never on the message.
 * Codes are stable, `AREA-REASON` in capitals; each area declares its own in one catalogue file.
 */
export class DozenError extends Error {
  override readonly name: string = 'DozenError';
  readonly code: string;
  /** Facts for the reader: ids, limits, what was found. Never secrets or personal data. */
  readonly details: Readonly<Record<string, unknown>>;
  /** The same input gives the same error every time, so that trying again is no use: an operator must decide. */
  readonly permanent: boolean;

  constructor(code: string, message: string, options: DozenErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
    this.permanent = options.permanent ?? false;
  }
}

/** The text of anything that was thrown. Never throws: not everything has a text. */
export function messageOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    return `a thrown ${typeof thrown} without a text`;
  }
}
