import { randomUUID } from 'node:crypto';
import { Controller, Inject } from '@nestjs/common';
import { type ClientKafka, EventPattern, Payload } from '@nestjs/microservices';
import { createTransport } from 'nodemailer';
import { Column, DataSource, Entity, PrimaryColumn } from 'typeorm';
import { CLIENT, STOCK_TOPICS, type StockInput, type StockMessage, type StockParts, tell } from './parts.js';

@Entity('mails')
class StockMail {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') orderId!: string;
  @Column('text') template!: string;
  @Column('text') recipient!: string;
  @Column('text') state!: string;
}

const TEMPLATES: Readonly<Record<string, string>> = { OrderPlaced: 'order-placed', OrderConfirmed: 'order-confirmed' };

/** Writes to the customer while it handles the message. */
export function notifierParts({ smtpUrl }: StockInput): StockParts {
  const transport = createTransport(smtpUrl);

  @Controller()
  class NotifierController {
    constructor(
      @Inject(DataSource) private readonly database: DataSource,
      @Inject(CLIENT) private readonly client: ClientKafka,
    ) {}

    @EventPattern(STOCK_TOPICS.orders)
    async mail(@Payload() message: StockMessage & { customer: { email: string } }): Promise<void> {
      const { type, orderId, customer } = message;
      const template = TEMPLATES[type];
      if (template === undefined) return;
      const mail = { id: randomUUID(), orderId, template, recipient: customer.email, state: 'unsent' };
      await this.database.transaction((manager) => manager.insert(StockMail, mail));
      const messageId = `<${mail.id}@dozen.example>`;
      await transport.sendMail({
        messageId,
        from: 'orders@dozen.example',
        to: mail.recipient,
        subject: `Your order ${orderId}`,
        text: template,
      });
      await this.database.transaction((manager) => manager.update(StockMail, { id: mail.id }, { state: 'sent' }));
      await tell(this.client, STOCK_TOPICS.notifier, { type: 'MailSent', orderId, template, messageId });
    }
  }

  return { controllers: [NotifierController], entities: [StockMail] };
}
