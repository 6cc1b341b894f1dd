import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A payment can be voided (`voiding`, then `voided`) or refunded (`refunding`, then `refunded`), with why. A voided one
 * need not have a charge at the provider. The build before knows none of these states and writes rows as before.
 */
export class AddGivingUp1764200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE payment
        ADD given_up_for text CHECK (given_up_for IN ('cancelled', 'timed-out', 'provider')),
        DROP CONSTRAINT payment_state_check,
        DROP CONSTRAINT payment_check1,
        ADD CONSTRAINT payment_state_check CHECK (
          state IN ('requested', 'voiding', 'refunding', 'captured', 'declined', 'voided', 'refunded')),
        ADD CONSTRAINT payment_reference_check CHECK (
          CASE WHEN state IN ('requested', 'voiding') THEN provider_reference IS NULL
               ELSE state = 'voided' OR provider_reference IS NOT NULL END),
        ADD CONSTRAINT payment_given_up_check CHECK (
          CASE WHEN state IN ('voiding', 'refunding', 'voided', 'refunded') THEN given_up_for IS NOT NULL
               WHEN state IN ('requested', 'captured') THEN given_up_for IS NULL
               ELSE true END)`);
    await runner.query('CREATE UNIQUE INDEX payment_of_order ON payment (order_id)');
    await runner.query(`
      ALTER TABLE ledger_transaction DROP CONSTRAINT ledger_transaction_booking_check,
        ADD CONSTRAINT ledger_transaction_booking_check CHECK (
          booking IN ('invoice', 'capture', 'cancellation', 'refund'))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE ledger_transaction DROP CONSTRAINT ledger_transaction_booking_check,
        ADD CONSTRAINT ledger_transaction_booking_check CHECK (booking IN ('invoice', 'capture', 'cancellation'))`);
    await runner.query('DROP INDEX payment_of_order');
    await runner.query(`
      ALTER TABLE payment
        DROP CONSTRAINT payment_given_up_check,
        DROP CONSTRAINT payment_reference_check,
        DROP CONSTRAINT payment_state_check,
        ADD CONSTRAINT payment_state_check CHECK (state IN ('requested', 'captured', 'declined')),
        ADD CONSTRAINT payment_check1 CHECK ((state = 'requested') = (provider_reference IS NULL)),
        DROP given_up_for`);
  }
}
