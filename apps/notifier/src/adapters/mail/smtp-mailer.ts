import { DozenError } from '@dozen/kernel';
import { CONFIG } from '@dozen/service';
import { inSpan, spans, timer } from '@dozen/telemetry';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { sendMail } from '../../application/jobs.js';
import { type Delivery, type Letter, Mailer } from '../../application/ports.js';
import type { NotifierConfig } from '../../config.js';
import { notifierMetrics } from '../../metrics.js';
import { failureOf } from './smtp-failure.js';

/*
 * In ms; their sum stays below the 60 s after which a job expires.
 *
 * | value                    | reason                                                                          |
 * | connectionTimeout 10,000 | also for TLS; a server that is there answers within a second                     |
 * | greetingTimeout 10,000   | some servers delay their greeting on purpose, by five seconds                    |
 * | dnsTimeout 5,000         | then the attempt ends and another comes                                          |
 * | socketTimeout 20,000     | silence after a command: content filters think before they answer DATA           |
 */
const TIMEOUTS = { connectionTimeout: 10_000, greetingTimeout: 10_000, dnsTimeout: 5_000, socketTimeout: 20_000 };

/*
 * Connections are kept, since a handshake takes twice as long as a mail.
 *
 * | value              | reason                                                                                     |
 * | maxConnections     | no mail waits for another one's connection                                                 |
 * | maxMessages 100    | servers allow a connection some hundred mails                                              |
 * | maxRequeues 0      | one attempt of a job is one conversation: when its connection breaks, the job is repeated  |
 * | idleTimeout 10,000 | servers end a connection that is idle after a minute or more, and balancers move by names  |
 */
const KEPT = { maxConnections: sendMail.concurrency, maxMessages: 100, maxRequeues: 0, idleTimeout: 10_000 };

@Injectable()
export class SmtpMailer extends Mailer implements OnApplicationShutdown {
  readonly #from: string;
  readonly #server: { readonly 'server.address': string; readonly 'server.port'?: number };
  readonly #duration = timer(notifierMetrics.deliveryDuration);
  readonly #transport: ReturnType<typeof createSmtp>;

  constructor(@Inject(CONFIG) config: Pick<NotifierConfig, 'SMTP_URL' | 'MAIL_FROM'>) {
    super();
    this.#from = config.MAIL_FROM;
    const { hostname, port } = new URL(config.SMTP_URL);
    this.#server = { 'server.address': hostname, ...(port === '' ? {} : { 'server.port': Number(port) }) };
    this.#transport = createSmtp(config.SMTP_URL);
  }

  /** After the drain of the jobs: no mail is in flight any more. */
  onApplicationShutdown(): void {
    this.#transport.close();
  }

  deliver(letter: Letter): Promise<Delivery> {
    return inSpan(spans.mail, { name: 'deliver mail', attributes: this.#server }, () =>
      this.#duration.time({}, () => this.#converse(letter)),
    );
  }

  async #converse({ messageId, recipient, locale, subject, text, html }: Letter): Promise<Delivery> {
    try {
      await this.#transport.sendMail({
        messageId,
        from: this.#from,
        // An object, since a text could be read as a list of addresses.
        to: { name: '', address: recipient },
        subject,
        text,
        html,
        // RFC 3834: no "out of office" in return. RFC 3282: the language of the content.
        headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': locale },
      });
      return { is: 'taken' };
    } catch (error) {
      const failure = failureOf(error);
      if (failure instanceof DozenError) throw failure;
      return failure;
    }
  }
}

/** No content ever comes from a file or a URL, whatever a text says. */
function createSmtp(url: string) {
  return createTransport({ url, pool: true, ...KEPT, ...TIMEOUTS, disableFileAccess: true, disableUrlAccess: true });
}
