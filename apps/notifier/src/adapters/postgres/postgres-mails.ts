import type { UnitOfWork } from '@dozen/database';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Mails, type MailState, type NewMail } from '../../application/ports.js';
import { earlierThan, type MailKey } from '../../domain/mail.js';
import { MailEntity } from './entities/mail.entity.js';

const ENSURE_ORDER = 'INSERT INTO mail_orders (order_id) VALUES ($1) ON CONFLICT (order_id) DO NOTHING';
const ADD = `
  INSERT INTO mails (order_id, template, message_id, locale, recipient, notice) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (order_id, template) DO NOTHING
  RETURNING template`;
const LOCK_ORDER = 'SELECT mails_sent FROM mail_orders WHERE order_id = $1 FOR NO KEY UPDATE';
/** CTEs so that the answer is rows: TypeORM returns [rows, count] for a bare UPDATE. */
const MARK_SENT = `
  WITH sent AS (
    UPDATE mails SET sent_at = now(), recipient = NULL, notice = NULL
     WHERE order_id = $1 AND template = $2 AND sent_at IS NULL AND refused_at IS NULL
    RETURNING order_id),
  counted AS (
    UPDATE mail_orders SET mails_sent = mails_sent + 1 FROM sent WHERE mail_orders.order_id = sent.order_id
    RETURNING mails_sent)
  SELECT mails_sent FROM counted`;
const MARK_REFUSED = `
  WITH refused AS (
    UPDATE mails SET refused_at = now(), refused_answer = $3
     WHERE order_id = $1 AND template = $2 AND sent_at IS NULL AND refused_at IS NULL
    RETURNING order_id)
  SELECT order_id FROM refused`;

/** The table wants both while a mail is not sent: empty ones, since nobody will need what they said. */
const MARK_OVERTAKEN = `
  UPDATE mails SET refused_at = now(), refused_answer = 'overtaken by ' || $2::text, recipient = '', notice = '{}'
   WHERE order_id = $1 AND template = ANY ($3) AND sent_at IS NULL AND refused_at IS NULL`;

@Injectable()
export class PostgresMails extends Mails {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  async add({ manager }: UnitOfWork, mail: NewMail): Promise<boolean> {
    const { orderId, messageId, locale, recipient, notice } = mail;
    const [, added] = await Promise.all([
      manager.query(ENSURE_ORDER, [orderId]),
      manager.query<unknown[]>(ADD, [orderId, notice.template, messageId, locale, recipient, JSON.stringify(notice)]),
    ]);
    return added.length === 1;
  }

  async find({ orderId, template }: MailKey): Promise<MailState> {
    const rows = await this.dataSource.getRepository(MailEntity).findBy({ orderId });
    const row = rows.find((mail) => mail.template === template);
    if (row === undefined) return { is: 'unknown' };
    if (row.refusedAt !== null) return { is: 'refused' };
    const { messageId, locale, recipient, notice, createdAt: queuedAt } = row;
    if (recipient === null || notice === null) return { is: 'sent' };
    const earlier = earlierThan(template);
    const afterUnsent = rows.some((mail) => earlier.includes(mail.template) && !mail.sentAt && !mail.refusedAt);
    return { is: 'unsent', mail: { orderId, messageId, locale, recipient, notice, queuedAt, afterUnsent } };
  }

  async markSent({ manager }: UnitOfWork, { orderId, template }: MailKey): Promise<number | undefined> {
    // The order first: two mails of one order settle one after the other, and neither waits while holding its mail.
    await manager.query(LOCK_ORDER, [orderId]);
    const rows = await manager.query<{ mails_sent: number }[]>(MARK_SENT, [orderId, template]);
    return rows[0]?.mails_sent;
  }

  async markOvertaken({ manager }: UnitOfWork, { orderId, template }: MailKey): Promise<void> {
    await manager.query(MARK_OVERTAKEN, [orderId, template, earlierThan(template)]);
  }

  async markRefused({ manager }: UnitOfWork, { orderId, template }: MailKey, answer: string): Promise<boolean> {
    const rows = await manager.query<unknown[]>(MARK_REFUSED, [orderId, template, answer]);
    return rows.length === 1;
  }
}
