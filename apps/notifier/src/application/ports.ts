import type { UnitOfWork } from '@dozen/database';
import type { Locale } from '../domain/locale.js';
import type { MailKey } from '../domain/mail-key.js';
import type { Notice } from '../domain/mails/index.js';
import type { Rendered } from '../domain/mails/render.js';

/** A mail that is still to be sent. */
export interface UnsentMail {
  readonly orderId: string;
  readonly messageId: string;
  /** Address of the customer. */
  readonly recipient: string;
  readonly locale: Locale;
  readonly notice: Notice;
  readonly queuedAt: Date;
  /** Whether a mail that the customer must have before this one is unsent, too. */
  readonly afterUnsent: boolean;
}

/** A mail to be written down. */
export type NewMail = Omit<UnsentMail, 'queuedAt' | 'afterUnsent'>;

/** What became of a mail. Final, except that an operator may make a refused one unsent again. One that was overtaken is refused. */
export type MailState =
  | { readonly is: 'unsent'; readonly mail: UnsentMail }
  | { readonly is: 'sent' }
  | { readonly is: 'refused' }
  | { readonly is: 'unknown' };

/** The notifier's own record of mails. Abstract classes, because they are their own injection tokens. */
export abstract class Mails {
  /** False when the order has a mail of this template already, sent or not: then nothing is written. */
  abstract add(unit: UnitOfWork, mail: NewMail): Promise<boolean>;
  /** As committed; takes no lock and belongs to no transaction. */
  abstract find(key: MailKey): Promise<MailState>;
  /**
   * Marks an unsent mail as sent, erases recipient and content, and locks the order's row until the unit ends.
   * @returns how many mails of the order are sent now; undefined when this one was not unsent any more.
   */
  abstract markSent(unit: UnitOfWork, key: MailKey): Promise<number | undefined>;
  /** After `markSent`: ends the mails of the order that are unsent and earlier than this one, and erases what is personal. */
  abstract markOvertaken(unit: UnitOfWork, by: MailKey): Promise<void>;
  /** `answer` is the server's, without any address. False when the mail was not unsent any more. */
  abstract markRefused(unit: UnitOfWork, key: MailKey, answer: string): Promise<boolean>;
}

export interface Letter extends Rendered {
  readonly messageId: string;
  readonly recipient: string;
  readonly locale: Locale;
}

/** How the mail server answered. Everything else is thrown. */
export type Delivery = { readonly is: 'taken' } | { readonly is: 'refused'; readonly answer: string };

export abstract class Mailer {
  /** One conversation with the mail server. @throws NTF-MAIL-DEFERRED, NTF-SMTP-UNAVAILABLE, NTF-SMTP-SETUP */
  abstract deliver(letter: Letter): Promise<Delivery>;
}
