import { DozenError } from '@dozen/kernel';

/*
 * Every error of the notifier. No message holds an address, nor what the mail server wrote: it quotes the address.
 *
 * | code                | when                                                                                | then      |
 * |---------------------|-------------------------------------------------------------------------------------|-----------|
 * | NTF-MAIL-REFUSED    | the server refuses this mail for good: 5xx to its recipient or its content          | operator  |
 * | NTF-MAIL-DEFERRED   | 4xx: not now (greylisting, a full mailbox, too many connections)                    | retried   |
 * | NTF-SMTP-UNAVAILABLE| no connection, no TLS, no answer in time, or the connection broke                   | retried   |
 * | NTF-SMTP-SETUP      | 5xx before any recipient: the log-in or MAIL_FROM is refused, a deploy's mistake     | retried   |
 * | NTF-MAIL-UNKNOWN    | a job names a mail that has no row: somebody deleted it                              | operator  |
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
