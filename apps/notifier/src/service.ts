import { notifierEvents, ordersEvents } from '@dozen/contracts';
import { messagingMigrations } from '@dozen/messaging';
import { defineService } from '@dozen/service';
import { MailOrderEntity } from './adapters/postgres/entities/mail-order.entity.js';
import { MailEntity } from './adapters/postgres/entities/mail.entity.js';
import { CreateNotifier1764000000000 } from './adapters/postgres/migrations/create-notifier.js';
import { AppModule } from './app.module.js';
import { sendMail, undeliverableMail } from './application/jobs.js';
import { notifierConfig } from './config.js';

/** The notifier: what happens to an order, told to its customer by mail. */
export const notifierService = defineService({
  name: 'notifier',
  config: notifierConfig,
  module: AppModule,
  entities: [MailEntity, MailOrderEntity],
  migrations: [...messagingMigrations, CreateNotifier1764000000000],
  topics: [notifierEvents],
  consumes: [ordersEvents],
  jobs: [sendMail, undeliverableMail],
});
