import { Module } from '@nestjs/common';
import { OrderEventsController } from './adapters/kafka/order-events.controller.js';
import { SmtpPostman } from './adapters/mail/smtp-postman.js';
import { PostgresMails } from './adapters/postgres/postgres-mails.js';
import { Mails, Postman } from './application/ports.js';
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
    { provide: Postman, useClass: SmtpPostman },
  ],
})
export class AppModule {}
