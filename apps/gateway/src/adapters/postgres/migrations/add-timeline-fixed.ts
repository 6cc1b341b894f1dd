import type { MigrationInterface, QueryRunner } from 'typeorm';

/** timeline.fixed: the entry came of a message that an operator had corrected. Who and why is the operators' affair. */
export class AddTimelineFixed1764100000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE timeline ADD fixed boolean NOT NULL DEFAULT false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE timeline DROP fixed');
  }
}
