import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * attempts.member: whose process had the message in flight, so that only an unclean end of that one counts against the
 * message. Null where the release before wrote the row, which knows of no member: nothing is counted then.
 */
export class AddAttemptMember1764400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE messaging.attempts ADD member uuid');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE messaging.attempts DROP member');
  }
}
