import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * - invoice: one per order.
 * - payment: one per invoice. The token is there exactly while the payment waits for the provider.
 * - ledger_transaction, ledger_entry: append-only; each booking of a payment once; what one statement adds sums to zero,
 *   so every sum over whole transactions does. The view `ledger_balance` is the sums.
 */
export class CreateBilling1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE invoice (
        id uuid PRIMARY KEY,
        order_id uuid NOT NULL UNIQUE,
        customer_id text NOT NULL,
        lines jsonb NOT NULL CHECK (jsonb_typeof(lines) = 'array' AND jsonb_array_length(lines) > 0),
        amount bigint NOT NULL CHECK (amount >= 0),
        currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
        created_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (id, order_id, amount, currency)
      )`);
    await runner.query(`
      CREATE TABLE payment (
        id uuid PRIMARY KEY,
        invoice_id uuid NOT NULL UNIQUE,
        order_id uuid NOT NULL,
        amount bigint NOT NULL,
        currency text NOT NULL,
        state text NOT NULL CHECK (state IN ('requested', 'captured', 'declined')),
        version integer NOT NULL CHECK (version > 0),
        payment_token text,
        provider_reference text,
        decline_reason text,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        FOREIGN KEY (invoice_id, order_id, amount, currency) REFERENCES invoice (id, order_id, amount, currency),
        CHECK ((state = 'requested') = (payment_token IS NOT NULL)),
        CHECK ((state = 'requested') = (provider_reference IS NULL)),
        CHECK (state = 'declined' OR decline_reason IS NULL)
      )`);
    await runner.query(`
      CREATE TABLE ledger_transaction (
        payment_id uuid NOT NULL REFERENCES payment (id),
        booking text NOT NULL CHECK (booking IN ('invoice', 'capture', 'cancellation')),
        booked_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (payment_id, booking)
      )`);
    await runner.query(`
      CREATE TABLE ledger_entry (
        payment_id uuid NOT NULL,
        booking text NOT NULL,
        position smallint NOT NULL CHECK (position > 0),
        account text NOT NULL CHECK (account IN ('revenue', 'provider_clearing') OR account ~ '^receivable:[0-9a-f-]{36}$'),
        amount bigint NOT NULL,
        currency text NOT NULL,
        PRIMARY KEY (payment_id, booking, position),
        FOREIGN KEY (payment_id, booking) REFERENCES ledger_transaction (payment_id, booking)
      )`);
    await this.guardLedger(runner);
    await runner.query(`
      CREATE VIEW ledger_balance AS
      SELECT account, currency, sum(amount)::bigint AS balance FROM ledger_entry GROUP BY account, currency`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP VIEW ledger_balance');
    await runner.query('DROP TABLE ledger_entry, ledger_transaction, payment, invoice');
    await runner.query('DROP FUNCTION ledger_must_balance, ledger_is_append_only');
  }

  /** Class 23, integrity constraint violation, like a failed CHECK. */
  private async guardLedger(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION ledger_must_balance() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM added GROUP BY payment_id, booking, currency HAVING sum(amount) <> 0) THEN
          RAISE EXCEPTION 'the entries of a ledger transaction do not sum to zero' USING ERRCODE = '23000';
        END IF;
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE TRIGGER balanced AFTER INSERT ON ledger_entry REFERENCING NEW TABLE AS added
      FOR EACH STATEMENT EXECUTE FUNCTION ledger_must_balance()`);
    await runner.query(`
      CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'the ledger is append-only: book the opposite instead' USING ERRCODE = '23000';
      END $$`);
    for (const table of ['ledger_transaction', 'ledger_entry']) {
      await runner.query(`
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()`);
    }
  }
}
