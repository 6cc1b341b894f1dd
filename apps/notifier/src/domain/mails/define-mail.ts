import type { Locale } from '../locale.js';

export interface Words {
  readonly subject: string;
  readonly opening: string;
  readonly closing: string;
}

/**
 * A mail that a customer gets about an order, once. `Notice` is what it tells: JSON without loss, for it is stored until the
 * mail is sent. Words never hold HTML: the renderer escapes them like everything else.
 */
export interface MailDefinition<Template extends string, Notice extends object> {
  /** With the order's id it is the mail's key, in rows, jobs and MailSent: it never changes. */
  readonly template: Template;
  /** When in an order's life it is due: a mail that is read before one of an earlier stage contradicts it. */
  readonly stage: number;
  readonly words: Readonly<Record<Locale, Words>>;
  /** A paragraph after the opening. */
  readonly reason?: (notice: Notice, locale: Locale) => string;
  /** The list in the middle of the mail, a line each. */
  readonly lines: (notice: Notice, locale: Locale) => readonly string[];
  /** For docs/mails.md. */
  readonly example: NoInfer<Notice>;
}

export function defineMail<const Template extends string, Notice extends object>(
  definition: MailDefinition<Template, Notice>,
): MailDefinition<Template, Notice> {
  return definition;
}
