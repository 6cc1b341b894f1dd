import type { MigrationInterface, QueryRunner } from 'typeorm';

/** products.availability: of the newest snapshot; null when that does not say it. Withdrawn products stay, with their version. */
export class AddAvailability1764300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE products ADD availability text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE products DROP availability');
  }
}
