import type { MailTemplate, RejectionReason } from '@dozen/contracts';
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
