import type { MailDefinition } from './define-mail.js';
import { orderCancelled } from './order-cancelled.js';
import { orderConfirmed } from './order-confirmed.js';
import { orderPlaced } from './order-placed.js';
import { orderRefunded } from './order-refunded.js';
import { orderRejected } from './order-rejected.js';

/** Every mail that the notifier knows. */
export const MAILS = [orderPlaced, orderConfirmed, orderRejected, orderCancelled, orderRefunded] as const;

type KnownMail = (typeof MAILS)[number];
type NoticeOf<Mail> =
  Mail extends MailDefinition<infer Template, infer Notice> ? { readonly template: Template } & Notice : never;

export type MailTemplate = KnownMail['template'];

/** What a mail tells, by template. */
export type Notice = NoticeOf<KnownMail>;

export const MAIL_TEMPLATES = MAILS.map(({ template }) => template);

/** The mails of an order that a customer must have before this one, if there are any. */
export function earlierThan(template: MailTemplate): readonly MailTemplate[] {
  const { stage } = mailOf(template);
  return MAILS.filter((other) => other.stage < stage).map((other) => other.template);
}

/** The definition, with a notice of whatever mail: the caller's has the same template. */
export function mailOf(template: MailTemplate): Omit<MailDefinition<MailTemplate, never>, 'example'> {
  const found = MAILS.find((mail) => mail.template === template);
  if (found === undefined) throw new TypeError(`no mail is called ${template}`);
  return found;
}
