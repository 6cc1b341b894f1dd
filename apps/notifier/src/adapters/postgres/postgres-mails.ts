import { gathered, type UnitOfWork } from '@dozen/database';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Mails, type MailState, type NewMail } from '../../application/ports.js';
import { earlierThan, type MailKey } from '../../domain/mail.js';
import { MailEntity } from './entities/mail.entity.js';

const ENSURE_ORDERS = `
  INSERT INTO mail_orders (order_id) SELECT DISTINCT order_id FROM unnest($1::uuid[]) AS order_id ORDER BY order_id
  ON CONFLICT (order_id) DO NOTHING`;
const ADD = `
  INSERT INTO mails (order_id, template, message_id, locale, recipient, notice)
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[])
  ON CONFLICT (order_id, template) DO NOTHING
  RETURNING message_id`;
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

/** Of mails that are all different; each with whether it was added. */
const add = gathered(async (manager, mails: readonly NewMail[]) => {
  const column = <T>(of: (mail: NewMail) => T): T[] => mails.map(of);
  const orderIds = column(({ orderId }) => orderId);
  const [, added] = await Promise.all([
    manager.query(ENSURE_ORDERS, [orderIds]),
    manager.query<{ message_id: string }[]>(ADD, [
      orderIds,
      column(({ notice }) => notice.template),
      column(({ messageId }) => messageId),
      column(({ locale }) => locale),
      column(({ recipient }) => recipient),
      column(({ notice }) => JSON.stringify(notice)),
    ]),
  ]);
  const ids = new Set(added.map((row) => row.message_id));
  return mails.map(({ messageId }) => ids.has(messageId));
});

@Injectable()
export class PostgresMails extends Mails {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  add({ manager }: UnitOfWork, mail: NewMail): Promise<boolean> {
    return add(manager, mail);
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
