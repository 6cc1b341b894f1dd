import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Retries, crashes and operators' decisions. Only adds: the release before knows none of it and goes on as it did.
 *
 * - parked_messages.begun_at: an attempt is under way; retry_at is then when it counts as lost, which lost_attempts
 *   counts. fixed_payload stands beside the original bytes, which never change.
 * - consumer_members: processes that consume. Deleted on a clean stop; one that expired is an unclean end.
 * - attempts: the message that each partition had in flight when messages were handled singly. One row per partition.
 * - decisions: what operators did, and why. What they decided about may be gone.
 */
export class AddRetries1764100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE messaging.parked_messages
        ADD begun_at timestamptz,
        ADD lost_attempts integer NOT NULL DEFAULT 0,
        ADD fixed_payload bytea,
        ADD fixed_by text,
        ADD fix_reason text,
        ADD fixed_at timestamptz,
        ADD CHECK (num_nulls(fixed_payload, fixed_by, fix_reason, fixed_at) IN (0, 4)),
        ADD CHECK (begun_at IS NULL OR retry_at IS NOT NULL)`);
    await runner.query(`
      CREATE TABLE messaging.consumer_members (
        member uuid PRIMARY KEY,
        consumer text NOT NULL,
        expires_at timestamptz NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE messaging.attempts (
        consumer text NOT NULL,
        topic text NOT NULL,
        partition integer NOT NULL,
        "offset" bigint NOT NULL,
        attempts integer NOT NULL,
        begun_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (consumer, topic, partition)
      )`);
    await runner.query(`
      CREATE TABLE messaging.decisions (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        decided_at timestamptz NOT NULL DEFAULT now(),
        decision text NOT NULL CHECK (decision IN ('fix', 'replay', 'discard')),
        subject text NOT NULL,
        decided_by text,
        reason text,
        facts jsonb NOT NULL,
        CHECK (decision = 'replay' OR (decided_by IS NOT NULL AND reason IS NOT NULL))
      )`);
    await runner.query('CREATE INDEX decisions_subject ON messaging.decisions (subject, id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE messaging.decisions');
    await runner.query('DROP TABLE messaging.attempts');
    await runner.query('DROP TABLE messaging.consumer_members');
    await runner.query(`
      ALTER TABLE messaging.parked_messages
        DROP begun_at, DROP lost_attempts, DROP fixed_payload, DROP fixed_by, DROP fix_reason, DROP fixed_at`);
  }
}
