import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An order can be cancelled: `cancelling` until billing is through, then `cancelled`. The build before knows neither. */
export class AddCancellation1764200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE orders DROP CONSTRAINT orders_status_check,
        ADD CHECK (status IN ('placed', 'cancelling', 'confirmed', 'rejected', 'cancelled'))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE orders DROP CONSTRAINT orders_status_check,
        ADD CHECK (status IN ('placed', 'confirmed', 'rejected'))`);
  }
}
