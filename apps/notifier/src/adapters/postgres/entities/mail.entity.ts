import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Locale } from '../../../domain/locale.js';
import type { MailTemplate, Notice } from '../../../domain/mails/index.js';

/** One mail of one order. Unsent while neither time is set. */
@Entity({ name: 'mails' })
export class MailEntity {
  @PrimaryColumn({ name: 'order_id', type: 'uuid' })
  orderId!: string;

  @PrimaryColumn({ type: 'text' })
  template!: MailTemplate;

  @Column({ name: 'message_id', type: 'text' })
  messageId!: string;

  @Column({ type: 'text' })
  locale!: Locale;

  /** Personal: null once the mail is sent. */
  @Column({ type: 'text', nullable: true })
  recipient!: string | null;

  /** What the customer ordered: null once the mail is sent. */
  @Column({ type: 'jsonb', nullable: true })
  notice!: Notice | null;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ name: 'sent_at', type: 'timestamptz', precision: 3, nullable: true })
  sentAt!: Date | null;

  @Column({ name: 'refused_at', type: 'timestamptz', precision: 3, nullable: true })
  refusedAt!: Date | null;

  /** The server's codes; never its text, which quotes the address. */
  @Column({ name: 'refused_answer', type: 'text', nullable: true })
  refusedAnswer!: string | null;
}
