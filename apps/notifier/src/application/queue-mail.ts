import type { Customer } from '@dozen/contracts';
import { Jobs, type UnitOfWork } from '@dozen/database';
import { CONFIG } from '@dozen/service';
import { Inject, Injectable } from '@nestjs/common';
import type { NotifierConfig } from '../config.js';
import { localeOf } from '../domain/locale.js';
import { messageIdOf } from '../domain/mail-key.js';
import type { Notice } from '../domain/mails/index.js';
import { parseMailbox } from '../domain/mailbox.js';
import { notifierError } from '../errors.js';
import { sendMail, singletonKeyOf } from './jobs.js';
import { Mails } from './ports.js';

export interface Announcement {
  readonly orderId: string;
  readonly customer: Customer;
  readonly notice: Notice;
}

/** Writes a mail down and has it sent, both in the caller's unit. An order gets each template once. */
@Injectable()
export class QueueMail {
  readonly #domain: string;

  constructor(
    private readonly mails: Mails,
    private readonly jobs: Jobs,
    @Inject(CONFIG) config: Pick<NotifierConfig, 'MAIL_FROM'>,
  ) {
    const sender = parseMailbox(config.MAIL_FROM);
    if (sender === undefined) throw notifierError('NTF-SMTP-SETUP', 'MAIL_FROM is not an address');
    this.#domain = sender.domain;
  }

  async run(unit: UnitOfWork, { orderId, customer, notice }: Announcement): Promise<void> {
    const key = { orderId, template: notice.template };
    const added = await this.mails.add(unit, {
      orderId,
      // Kept with the row: a MAIL_FROM that changes between two attempts must not change it.
      messageId: messageIdOf(key, this.#domain),
      recipient: customer.email,
      locale: localeOf(customer.locale),
      notice,
    });
    if (added) await this.jobs.enqueue(unit, sendMail, key, { singletonKey: singletonKeyOf(key) });
  }
}
