import { MailSent } from '@dozen/contracts';
import { type JobHandler, type JobRun, Jobs, type Settle } from '@dozen/database';
import type { Clock } from '@dozen/kernel';
import { CLOCK, JobWorker, LOGGER } from '@dozen/service';
import { type Logger, withLogFields } from '@dozen/telemetry';
import { Inject } from '@nestjs/common';
import { render } from '../domain/mails/render.js';
import { notifierError } from '../errors.js';
import { type MailJob, sendMail, singletonKeyOf, undeliverableMail } from './jobs.js';
import { nextLookS } from './order-of-mails.js';
import { Mailer, Mails, type UnsentMail } from './ports.js';

const nothing: Settle = () => Promise.resolve();

/**
 * An attempt reads the mail as committed, talks to the mail server in no transaction, and settles what the server said.
 *
 * unsent → sent: the server took it, and this unit was the first to say so. MailSent goes out with it.
 * unsent → refused: the server said 5xx to the recipient or the content. No attempt would change that, so the job ends
 * here, and a job of `undeliverable-mail` takes the matter to the operator.
 * unsent → unsent, as another job: a mail that the customer must have before this one is unsent, too. It waits its turn
 * without using up attempts, for an hour at most: the earlier one may never be taken. If this one then is, those before
 * it are overtaken, in the unit that says so: they would only contradict it.
 * A crash between the server's answer and the settlement sends the mail once more, with the same Message-ID.
 */
@JobWorker()
export class SendMail implements JobHandler<MailJob> {
  readonly queue = sendMail;

  constructor(
    private readonly mails: Mails,
    private readonly mailer: Mailer,
    private readonly jobs: Jobs,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  perform({ data: { orderId, template } }: JobRun<MailJob>): Promise<Settle> {
    return withLogFields({ order_id: orderId }, () => this.attempt({ orderId, template }));
  }

  private async attempt(key: MailJob): Promise<Settle> {
    const state = await this.mails.find(key);
    switch (state.is) {
      case 'unsent': {
        const { afterUnsent, queuedAt } = state.mail;
        const lookS = afterUnsent ? nextLookS((this.clock.now().getTime() - queuedAt.getTime()) / 1000) : undefined;
        return lookS === undefined ? this.send(key, state.mail) : this.lookAgain(key, lookS);
      }
      case 'sent':
      case 'refused':
        return nothing;
      case 'unknown':
        throw notifierError('NTF-MAIL-UNKNOWN', `there is no ${key.template} mail of order ${key.orderId}`);
    }
  }

  private lookAgain(key: MailJob, startAfterSeconds: number): Settle {
    const options = { singletonKey: singletonKeyOf(key), startAfterSeconds };
    return (unit) => this.jobs.enqueue(unit, sendMail, key, options);
  }

  private async send(key: MailJob, mail: UnsentMail): Promise<Settle> {
    const { messageId, recipient, locale } = mail;
    const delivery = await this.mailer.deliver({ ...render(mail), messageId, recipient, locale });
    switch (delivery.is) {
      case 'taken':
        this.logger.info({ template: key.template, mail_id: messageId }, 'mail taken by the server');
        return this.settleSent(key, mail);
      case 'refused':
        this.logger.error({ template: key.template, mail_id: messageId, answer: delivery.answer }, 'mail refused');
        return this.settleRefused(key, delivery.answer);
    }
  }

  private settleSent(key: MailJob, { messageId, afterUnsent }: UnsentMail): Settle {
    return async (unit) => {
      const aggregateVersion = await this.mails.markSent(unit, key);
      if (afterUnsent) await this.mails.markOvertaken(unit, key);
      if (aggregateVersion !== undefined) unit.publish(MailSent, { ...key, aggregateVersion, messageId });
    };
  }

  private settleRefused(key: MailJob, answer: string): Settle {
    return async (unit) => {
      if (await this.mails.markRefused(unit, key, answer)) {
        await this.jobs.enqueue(unit, undeliverableMail, { ...key, answer });
      }
    };
  }
}
