import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An order that mails were written for: a lock and a counter for its MailSent events. */
@Entity({ name: 'mail_orders' })
export class MailOrderEntity {
  @PrimaryColumn({ name: 'order_id', type: 'uuid' })
  orderId!: string;

  @Column({ name: 'mails_sent', type: 'integer' })
  mailsSent!: number;
}
