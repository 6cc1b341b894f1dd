import type { MailTemplate } from './mails/index.js';

/** A mail has no id of its own: an order gets each template once. */
export interface MailKey {
  readonly orderId: string;
  readonly template: MailTemplate;
}

/**
 * RFC 5322 Message-ID of a mail: the same on every attempt, so that a mail server or a reader can drop the second copy
 * of a mail whose first answer was lost. `domain` is the sender's.
 */
export function messageIdOf({ orderId, template }: MailKey, domain: string): string {
  return `<${orderId}.${template}@${domain}>`;
}
