import { Module } from '@nestjs/common';
import { OrderEventsController } from './adapters/kafka/order-events.controller.js';
import { SmtpMailer } from './adapters/mail/smtp-mailer.js';
import { PostgresMails } from './adapters/postgres/postgres-mails.js';
import { Mailer, Mails } from './application/ports.js';
import { QueueMail } from './application/queue-mail.js';
import { ReportUndeliverable } from './application/report-undeliverable.js';
import { SendMail } from './application/send-mail.js';

/** What the notifier is made of. */
@Module({
  controllers: [
    // Kafka in
    OrderEventsController,
  ],
  providers: [
    // use cases
    QueueMail,
    // jobs
    SendMail,
    ReportUndeliverable,
    // PostgreSQL
    { provide: Mails, useClass: PostgresMails },
    // SMTP out
    { provide: Mailer, useClass: SmtpMailer },
  ],
})
export class AppModule {}
