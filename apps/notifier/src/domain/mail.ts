import { mailTemplate, type MailTemplate, type RejectionReason } from '@dozen/contracts';
import type { Money } from '@dozen/kernel';

/** A mail has no id of its own: an order gets each template once. */
export interface MailKey {
  readonly orderId: string;
  readonly template: MailTemplate;
}

export interface PricedLine {
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  readonly unitPrice: Money;
}

export interface RequestedLine {
  readonly sku: string;
  readonly quantity: number;
}

/** What a mail tells, by template. JSON without loss, for it is stored until the mail is sent. */
export type Notice =
  | {
      readonly template: 'order-placed' | 'order-confirmed' | 'order-cancelled';
      readonly items: readonly PricedLine[];
      readonly total: Money;
    }
  | { readonly template: 'order-rejected'; readonly items: readonly RequestedLine[]; readonly reason: RejectionReason }
  | { readonly template: 'order-refunded'; readonly items: readonly RequestedLine[]; readonly refunded: Money };

/**
 * RFC 5322 Message-ID of a mail: the same on every attempt, so that a mail server or a reader can drop the second copy
 * of a mail whose first answer was lost. `domain` is the sender's.
 */
export function messageIdOf({ orderId, template }: MailKey, domain: string): string {
  return `<${orderId}.${template}@${domain}>`;
}

/** When in an order's life a mail is due: one that is read before an earlier one contradicts it. */
const STAGE: Readonly<Record<MailTemplate, number>> = {
  'order-placed': 1,
  'order-confirmed': 2,
  'order-rejected': 2,
  'order-cancelled': 2,
  'order-refunded': 3,
};

/** The mails of an order that a customer must have before this one, if there are any. */
export function earlierThan(template: MailTemplate): readonly MailTemplate[] {
  return mailTemplate.options.filter((other) => STAGE[other] < STAGE[template]);
}
