import type { JobHandler, JobRun, Settle } from '@dozen/database';
import { JobWorker } from '@dozen/service';
import { notifierError } from '../errors.js';
import { type UndeliverableJob, undeliverableMail } from './jobs.js';

/**
 * Fails, always and at once: a failed job is what `dead-letters list` shows to an operator. `send-mail` itself cannot fail
 * before it has used up its attempts, and those would only annoy the server that has refused the mail.
 */
@JobWorker()
export class ReportUndeliverable implements JobHandler<UndeliverableJob> {
  readonly queue = undeliverableMail;

  /** @throws NTF-MAIL-REFUSED */
  perform({ data: { orderId, template, answer } }: JobRun<UndeliverableJob>): Promise<Settle> {
    const message = `the mail server refuses the ${template} mail of order ${orderId}: ${answer}`;
    return Promise.reject(notifierError('NTF-MAIL-REFUSED', message, { details: { orderId, template, answer } }));
  }
}
