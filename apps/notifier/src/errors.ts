import { DozenError } from '@dozen/kernel';

/*
 * Every error of the notifier. No message holds an address, nor the text of the mail server, which quotes the address.
 *
 * | code | where | meaning | what to do |
 * |---|---|---|---|
 * | NTF-MAIL-REFUSED | job | The mail server refuses this mail for good: it answered 5xx to its recipient or its content. The job that says so has one attempt. | Tell the customer in another way, then discard the failed job. The mail is not sent again. |
 * | NTF-MAIL-DEFERRED | job | The mail server answered 4xx: it does not take the mail now (greylisting, a full mailbox, too many connections). | Wait. If it concerns all mails, look at the limits of the mail server. |
 * | NTF-SMTP-UNAVAILABLE | job | The mail server cannot be reached, has no TLS, gave no answer in time, or the connection broke. | Wait, and check that the server is up. If it goes on, check `SMTP_URL`. |
 * | NTF-SMTP-SETUP | start, job | The mail server refuses the log-in or the sender, or `MAIL_FROM` is no address. This is a mistake of the deployment. | Put `SMTP_URL` or `MAIL_FROM` right and deploy. The waiting jobs then go on by themselves. |
 * | NTF-MAIL-UNKNOWN | job | A job names a mail that has no row, so somebody deleted it. | Discard the failed job, or restore the row and replay the job. |
 */
export type NotifierErrorCode =
  'NTF-MAIL-REFUSED' | 'NTF-MAIL-DEFERRED' | 'NTF-SMTP-UNAVAILABLE' | 'NTF-SMTP-SETUP' | 'NTF-MAIL-UNKNOWN';

export function notifierError(
  code: NotifierErrorCode,
  message: string,
  options: { details?: Record<string, unknown>; cause?: unknown } = {},
): DozenError {
  return new DozenError(code, message, options);
}
