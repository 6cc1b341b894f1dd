import { batched, columns, PLANNED_ANEW, type UnitOfWork } from '@dozen/database';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Mails, type MailState, type NewMail } from '../../application/ports.js';
import type { Locale } from '../../domain/locale.js';
import type { MailKey } from '../../domain/mail-key.js';
import { earlierThan, type MailTemplate, type Notice } from '../../domain/mails/index.js';

const ENSURE_ORDERS = `
  INSERT INTO mail_orders (order_id) SELECT DISTINCT order_id FROM unnest($1::uuid[]) AS order_id ORDER BY order_id
  ON CONFLICT (order_id) DO NOTHING`;
const ADD = `
  INSERT INTO mails (order_id, template, message_id, locale, recipient, notice)
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[])
  ON CONFLICT (order_id, template) DO NOTHING
  RETURNING message_id`;
const OF_ORDERS = `${PLANNED_ANEW}
  SELECT order_id, template, message_id, locale, recipient, notice, created_at, sent_at, refused_at
  FROM mails WHERE order_id = ANY($1::uuid[])`;
const LOCK_ORDERS = `${PLANNED_ANEW}
  SELECT FROM mail_orders WHERE order_id = ANY($1::uuid[]) ORDER BY order_id FOR NO KEY UPDATE`;
/** CTEs so that the answer is rows: TypeORM returns [rows, count] for a bare UPDATE. */
const MARK_SENT = `${PLANNED_ANEW}
  WITH sent AS (
    UPDATE mails SET sent_at = now(), recipient = NULL, notice = NULL
     WHERE order_id = ANY($1::uuid[]) AND order_id || '.' || template = ANY($2::text[])
       AND sent_at IS NULL AND refused_at IS NULL
    RETURNING order_id, template),
  counted AS (
    UPDATE mail_orders AS o SET mails_sent = mails_sent + (SELECT count(*) FROM sent WHERE sent.order_id = o.order_id)
     WHERE order_id = ANY($1::uuid[]) AND order_id IN (SELECT order_id FROM sent)
    RETURNING order_id, mails_sent)
  SELECT order_id, template, mails_sent FROM sent JOIN counted USING (order_id)`;
const MARK_REFUSED = `
  WITH refused AS (
    UPDATE mails SET refused_at = now(), refused_answer = $3
     WHERE order_id = $1 AND template = $2 AND sent_at IS NULL AND refused_at IS NULL
    RETURNING order_id)
  SELECT order_id FROM refused`;

/**
 * A CHECK of the table wants a recipient and a notice while a mail is not sent. Both become empty, since nobody needs them any
 * more.
 */
const MARK_OVERTAKEN = `
  UPDATE mails SET refused_at = now(), refused_answer = 'overtaken by ' || $2::text, recipient = '', notice = '{}'
   WHERE order_id = $1 AND template = ANY ($3) AND sent_at IS NULL AND refused_at IS NULL`;

/** Adds mails that are all different, and answers for each whether it was added. */
const add = batched(async (manager, mails: readonly NewMail[]) => {
  const [, added] = await Promise.all([
    manager.query(ENSURE_ORDERS, [mails.map(({ orderId }) => orderId)]),
    manager.query<{ message_id: string }[]>(ADD, columns(mails.map(valuesOf))),
  ]);
  const ids = new Set(added.map((row) => row.message_id));
  return mails.map(({ messageId }) => ids.has(messageId));
});

/** In the order of ADD. */
function valuesOf({ orderId, messageId, locale, recipient, notice }: NewMail): unknown[] {
  return [orderId, notice.template, messageId, locale, recipient, JSON.stringify(notice)];
}

interface MailRow {
  readonly order_id: string;
  readonly template: MailTemplate;
  readonly message_id: string;
  readonly locale: Locale;
  readonly recipient: string | null;
  readonly notice: Notice | null;
  readonly created_at: Date;
  readonly sent_at: Date | null;
  readonly refused_at: Date | null;
}

const find = batched(async (manager, keys: readonly MailKey[]) => {
  const rows = await manager.query<MailRow[]>(OF_ORDERS, [[...new Set(keys.map(({ orderId }) => orderId))]]);
  const mails = Map.groupBy(rows, (row) => row.order_id);
  return keys.map(({ orderId, template }) => stateOf(template, mails.get(orderId) ?? []));
});

/**
 * Marks mails as sent that are all different, and answers for each how many mails of its order are sent then; mails of one
 * order are counted in turn.
 */
const markSent = batched(async (manager, keys: readonly MailKey[]) => {
  const orderIds = [...new Set(keys.map(({ orderId }) => orderId))].sort();
  // The orders are locked first. So mails of one order are settled one after the other, and no transaction waits for an order
  // while it holds a mail.
  const [, sent] = await Promise.all([
    manager.query(LOCK_ORDERS, [orderIds]),
    manager.query<{ order_id: string; template: string; mails_sent: number }[]>(MARK_SENT, [
      orderIds,
      keys.map(({ orderId, template }) => `${orderId}.${template}`),
    ]),
  ]);
  const unsaid = Map.groupBy(sent, (row) => row.order_id);
  return keys.map(({ orderId, template }) => {
    const ofOrder = unsaid.get(orderId) ?? [];
    const own = ofOrder.findIndex((row) => row.template === template);
    return own === -1 ? undefined : (ofOrder[own]?.mails_sent ?? 0) - (ofOrder.length - 1 - own);
  });
});

@Injectable()
export class PostgresMails extends Mails {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  add({ manager }: UnitOfWork, mail: NewMail): Promise<boolean> {
    return add(manager, mail);
  }

  find(key: MailKey): Promise<MailState> {
    return find(this.dataSource.manager, key);
  }

  markSent({ manager }: UnitOfWork, key: MailKey): Promise<number | undefined> {
    return markSent(manager, key);
  }

  async markOvertaken({ manager }: UnitOfWork, { orderId, template }: MailKey): Promise<void> {
    await manager.query(MARK_OVERTAKEN, [orderId, template, earlierThan(template)]);
  }

  async markRefused({ manager }: UnitOfWork, { orderId, template }: MailKey, answer: string): Promise<boolean> {
    const rows = await manager.query<unknown[]>(MARK_REFUSED, [orderId, template, answer]);
    return rows.length === 1;
  }
}

function stateOf(template: MailTemplate, ofOrder: readonly MailRow[]): MailState {
  const row = ofOrder.find((mail) => mail.template === template);
  if (row === undefined) return { is: 'unknown' };
  if (row.refused_at !== null) return { is: 'refused' };
  const { order_id: orderId, message_id: messageId, locale, recipient, notice, created_at: queuedAt } = row;
  if (recipient === null || notice === null) return { is: 'sent' };
  const earlier = earlierThan(template);
  const afterUnsent = ofOrder.some((mail) => earlier.includes(mail.template) && !mail.sent_at && !mail.refused_at);
  return { is: 'unsent', mail: { orderId, messageId, locale, recipient, notice, queuedAt, afterUnsent } };
}
