import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Orders can be cancelled. The build before knows neither state. */
export class AddCancellation1764200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE orders DROP CONSTRAINT orders_status_check,
        ADD CHECK (status IN ('pending', 'placed', 'cancelling', 'confirmed', 'rejected', 'cancelled'))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE orders DROP CONSTRAINT orders_status_check,
        ADD CHECK (status IN ('pending', 'placed', 'confirmed', 'rejected'))`);
  }
}
