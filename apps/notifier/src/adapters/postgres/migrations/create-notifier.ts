import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * - mail_orders: locked while a mail of the order is settled, so that MailSent events are counted without gaps and reach
 *   the outbox in that order.
 * - mails: the key makes each template once per order. The check keeps the promise that nothing personal stays behind in
 *   the row of a sent mail.
 */
export class CreateNotifier1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE mail_orders (
        order_id uuid PRIMARY KEY,
        mails_sent integer NOT NULL DEFAULT 0
      )`);
    await runner.query(`
      CREATE TABLE mails (
        order_id uuid NOT NULL REFERENCES mail_orders (order_id),
        template text NOT NULL,
        message_id text NOT NULL,
        locale text NOT NULL,
        recipient text,
        notice jsonb,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        sent_at timestamptz(3),
        refused_at timestamptz(3),
        refused_answer text,
        PRIMARY KEY (order_id, template),
        CHECK (num_nonnulls(recipient, notice) = CASE WHEN sent_at IS NULL THEN 2 ELSE 0 END),
        CHECK (sent_at IS NULL OR refused_at IS NULL),
        CHECK ((refused_at IS NULL) = (refused_answer IS NULL))
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE mails');
    await runner.query('DROP TABLE mail_orders');
  }
}
