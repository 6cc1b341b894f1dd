import type { DozenError } from '@dozen/kernel';
import { notifierError } from '../../errors.js';
import type { Delivery } from '../../application/ports.js';

/** The fields of nodemailer's errors that decide what a failure means. `command` is the SMTP command that was answered. */
interface SmtpError {
  readonly code?: unknown;
  readonly command?: unknown;
  readonly response?: unknown;
  readonly responseCode?: unknown;
}

/** Answers to these concern the one mail; a 5xx to any other command (greeting, log-in, sender) concerns the deploy. */
const ABOUT_THE_MAIL: readonly unknown[] = ['RCPT TO', 'DATA'];

/**
 * What a failed conversation means (RFC 5321 4.2.1: 4yz is transient, 5yz is permanent). Only codes are taken over from
 * the server's answer, since its text quotes the recipient's address, and so do nodemailer's messages: hence no `cause`
 * where the server has answered.
 */
export function failureOf(error: unknown): Extract<Delivery, { is: 'refused' }> | DozenError {
  const { code, command, response, responseCode }: SmtpError = typeof error === 'object' && error !== null ? error : {};
  if (typeof responseCode !== 'number') {
    return notifierError('NTF-SMTP-UNAVAILABLE', `the mail server could not be talked to: ${String(code)}`, {
      cause: error,
    });
  }
  const answer = `${[responseCode, ...enhancedCode(response)].join(' ')} to ${String(command)}`;
  const details = { answer, code };
  if (responseCode < 500) return notifierError('NTF-MAIL-DEFERRED', `the mail server said: ${answer}`, { details });
  if (ABOUT_THE_MAIL.includes(command)) return { is: 'refused', answer };
  return notifierError('NTF-SMTP-SETUP', `the mail server does not serve this sender: ${answer}`, { details });
}

/** RFC 3463: `5.1.1` says more than 550 does. */
function enhancedCode(response: unknown): string[] {
  const found = typeof response === 'string' ? /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1] : undefined;
  return found === undefined ? [] : [found];
}
