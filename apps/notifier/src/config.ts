import { baseSection, type ConfigOf, defineConfig, defineSection, envText, envUrl } from '@dozen/config';
import { databaseSection } from '@dozen/database';
import { httpSection } from '@dozen/http';
import { kafkaSection } from '@dozen/messaging';
import { telemetrySection } from '@dozen/telemetry';
import { SMTP } from './adapters/mail/smtp-url.js';
import { parseMailbox } from './domain/mailbox.js';

const mailSection = defineSection('Mail', {
  SMTP_URL: envUrl(SMTP).meta({
    description:
      'Mail server. smtp:// upgrades by STARTTLS where offered (?requireTLS=true insists), smtps:// is TLS; name is what it says in EHLO, tls.servername and tls.rejectUnauthorized are for its certificate',
    example: 'smtp://user:secret@127.0.0.1:2525',
    secret: true,
  }),
  MAIL_FROM: envText()
    .refine((text) => parseMailbox(text) !== undefined, 'must be one address, or a name and <address>')
    .meta({
      type: 'mail address',
      description: 'Sender of every mail; its domain is also that of the Message-IDs',
      example: 'Dozen <orders@dozen.example>',
    }),
});

/** Everything that the notifier reads from its environment. */
export const notifierConfig = defineConfig({
  service: 'notifier',
  sections: [baseSection, httpSection, databaseSection, kafkaSection, mailSection, telemetrySection],
});
export type NotifierConfig = ConfigOf<typeof notifierConfig>;
