import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * - product.availability: as the last snapshot said it; null until one did.
 * - product.withdrawn: sold no more. The build before sells it all the same.
 * - catalogue_change: what operators changed, and why.
 */
export class AddAvailability1764300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE product
        ADD withdrawn boolean NOT NULL DEFAULT false,
        ADD availability text CHECK (availability IN ('in-stock', 'low', 'sold-out', 'withdrawn'))`);
    await runner.query(`
      CREATE TABLE catalogue_change (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        made_at timestamptz NOT NULL DEFAULT now(),
        sku text NOT NULL,
        change text NOT NULL,
        facts jsonb NOT NULL,
        made_by text NOT NULL,
        reason text NOT NULL
      )`);
    await runner.query('CREATE INDEX catalogue_change_sku ON catalogue_change (sku, id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE catalogue_change');
    await runner.query('ALTER TABLE product DROP availability, DROP withdrawn');
  }
}
